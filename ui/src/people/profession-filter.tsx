/** The professions most often looked for, as one-tap filters. */
import type { ProfessionCode } from '@pli/protocol/wire'
import { useSpeech } from '../i18n/language.tsx'

const offered = ['PHYSICIAN', 'PHARMACIST', 'NURSE', 'MIDWIFE'] as const satisfies readonly ProfessionCode[]

/** Undefined: all of them. */
export type ProfessionChoice = (typeof offered)[number] | undefined

export function ProfessionFilter(props: {
  value: ProfessionChoice
  onChange: (profession: ProfessionChoice) => void
}) {
  const { t } = useSpeech()
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for a form; these are toggles of a search
    <div className="filters" role="group" aria-label={t('search.profession')}>
      {[undefined, ...offered].map((profession) => (
        <button
          key={profession ?? 'all'}
          type="button"
          className="chip-btn"
          aria-pressed={props.value === profession}
          onClick={() => props.onChange(profession)}
        >
          {t(profession ? `professions.${profession}` : 'professions.all')}
        </button>
      ))}
    </div>
  )
}
