/** The patient's initials, as the writer chose them. */
import { useSpeech } from '../i18n/language.tsx'

export function PatientTag({ tag }: { tag: string }) {
  const { t } = useSpeech()
  return (
    <span className="ptag">
      <span className="sr">{t('person.patient')} </span>
      {tag}
    </span>
  )
}
