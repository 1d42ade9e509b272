/** Who one is, in one's own words, and which professional of the directory answers for one. */
import type { DirectoryPerson, DirectoryQuery, OwnRequest } from '@pli/protocol/wire'
import { type FormEvent, useCallback, useId, useState } from 'react'
import { FailedLine, Notice } from '../feedback/states.tsx'
import { usePli } from '../hooks/pli-context.tsx'
import { useTask } from '../hooks/use-task.ts'
import { readFailure } from '../i18n/error-sentence.ts'
import { useSpeech } from '../i18n/language.tsx'
import { PeopleSearch } from '../people/people-search.tsx'
import { fullName } from '../people/person-facts.ts'
import { PersonLine } from '../people/person-line.tsx'
import { useGuarantorWords } from './use-guarantor-words.ts'

const fields = [
  { name: 'firstName', chars: 60, autoComplete: 'given-name', optional: false },
  { name: 'lastName', chars: 60, autoComplete: 'family-name', optional: false },
  { name: 'profession', chars: 80, autoComplete: 'organization-title', optional: false },
  { name: 'place', chars: 80, autoComplete: 'postal-code', optional: false },
  { name: 'organisation', chars: 120, autoComplete: 'organization', optional: true },
] as const

type Stated = Record<(typeof fields)[number]['name'], string>

const nothingStated: Stated = { firstName: '', lastName: '', profession: '', place: '', organisation: '' }

export function AskForm({ onAsked }: { onAsked: (request: OwnRequest) => void }) {
  const say = useGuarantorWords()
  const speech = useSpeech()
  const pli = usePli()
  const task = useTask()
  const [stated, setStated] = useState(nothingStated)
  const [guarantor, setGuarantor] = useState<DirectoryPerson>()
  const isComplete =
    guarantor !== undefined && fields.every(({ name, optional }) => optional || stated[name].trim() !== '')
  const ask = (event: FormEvent) => {
    event.preventDefault()
    if (!guarantor || !isComplete) return
    const { organisation, ...needed } = stated
    const house = organisation.trim() ? { organisation } : {}
    void task.run(async () =>
      onAsked(await pli.askGuarantor({ ...needed, ...house, guarantorId: guarantor.personId })),
    )
  }
  return (
    <form className="asked__form" onSubmit={ask}>
      <div className="screen__scroll">
        <div className="stack">
          <div>
            <h1 className="big-title">{say('ask.title')}</h1>
            <p className="lead">{say('ask.lead')}</p>
          </div>
          {fields.map((field) => (
            <StatedField
              key={field.name}
              {...field}
              value={stated[field.name]}
              onChange={(value) => setStated((before) => ({ ...before, [field.name]: value }))}
            />
          ))}
          <GuarantorChoice guarantor={guarantor} onChange={setGuarantor} />
          <AskFailed failure={task.failure} />
        </div>
      </div>
      <div className="dock">
        <button
          type="submit"
          className="btn btn--primary btn--lg"
          aria-disabled={!isComplete}
          aria-busy={task.busy}
        >
          {guarantor ? say('ask.sendTo', { name: fullName(speech, guarantor) }) : say('ask.send')}
        </button>
        {!isComplete && <p className="field__hint">{say('ask.incomplete')}</p>}
      </div>
    </form>
  )
}

function StatedField(props: {
  name: (typeof fields)[number]['name']
  chars: number
  autoComplete: string
  optional: boolean
  value: string
  onChange: (value: string) => void
}) {
  const say = useGuarantorWords()
  const id = useId()
  const hasHint = props.name === 'profession'
  return (
    <div className="field">
      <label className="field__label" htmlFor={id}>
        {say(`ask.${props.name}`)}
      </label>
      <input
        id={id}
        className="input"
        value={props.value}
        required={!props.optional}
        maxLength={props.chars}
        autoComplete={props.autoComplete}
        {...(hasHint && { 'aria-describedby': `${id}-hint` })}
        onChange={(event) => props.onChange(event.target.value)}
      />
      {hasHint && (
        <p className="field__hint" id={`${id}-hint`}>
          {say('ask.professionHint')}
        </p>
      )}
    </div>
  )
}

function GuarantorChoice(props: {
  guarantor: DirectoryPerson | undefined
  onChange: (guarantor: DirectoryPerson | undefined) => void
}) {
  const say = useGuarantorWords()
  const pli = usePli()
  const id = useId()
  const search = useCallback((query: DirectoryQuery) => pli.searchDirectory(query), [pli])
  return (
    <section className="vstack" aria-labelledby={id}>
      <h2 id={id}>{say('ask.guarantor')}</h2>
      {props.guarantor ? (
        <div className="panel">
          <PersonLine person={props.guarantor} />
          <button type="button" className="btn" onClick={() => props.onChange(undefined)}>
            {say('ask.change')}
          </button>
        </div>
      ) : (
        <>
          <p className="field__hint">{say('ask.guarantorHint')}</p>
          {/* Whom somebody answers for can answer for nobody. */}
          <PeopleSearch
            search={search}
            layout="box"
            onPick={(person) => !person.vouched && props.onChange(person)}
          />
        </>
      )}
    </section>
  )
}

function AskFailed({ failure }: { failure: unknown }) {
  const say = useGuarantorWords()
  if (readFailure(failure).code !== 'rate_limited') return <FailedLine error={failure} />
  return (
    <Notice tone="caution" icon="alert" role="alert">
      {say('ask.tooSoon')}
    </Notice>
  )
}
