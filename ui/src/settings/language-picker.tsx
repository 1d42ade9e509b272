/** The language, each named in itself. */
import type { Language } from '@pli/client'
import { useId } from 'react'
import { useAppearance } from '../hooks/appearance.tsx'
import { languages } from '../i18n/catalogue.ts'
import { useSpeech } from '../i18n/language.tsx'

/** Without `onChange` it is the browser's choice, for screens before an account is open. */
export function LanguagePicker(props: { value?: Language; onChange?: (language: Language) => void }) {
  const { t } = useSpeech()
  const appearance = useAppearance()
  const id = useId()
  const change = props.onChange ?? appearance.setLanguage
  return (
    <>
      <label className="sr" htmlFor={id}>
        {t('language.choose')}
      </label>
      <select
        id={id}
        className="input language-picker"
        value={props.value ?? appearance.language}
        onChange={(event) => change(event.target.value as Language)}
      >
        {languages.map((language) => (
          <option key={language} value={language} lang={language}>
            {t(`language.${language}`)}
          </option>
        ))}
      </select>
    </>
  )
}
