/**
 * Whom one looks for before a letter is typed: the starred, then those one wrote to last. Nobody stands in both.
 */
import type { DirectoryPerson } from '@pli/protocol/wire'
import { useMessenger } from '../hooks/pli-context.tsx'
import { useLive } from '../hooks/use-live.ts'
import { useSpeech } from '../i18n/language.tsx'
import { walkLinks } from '../inbox/inbox-list.tsx'
import { PersonChoice } from './person-choice.tsx'

const RECENT_PEOPLE = 6

export function KnownPeople({ onPick }: { onPick: (person: DirectoryPerson) => void }) {
  const { t } = useSpeech()
  const messenger = useMessenger()
  const rows = useLive(messenger.inbox) ?? []
  const starred = useLive(messenger.favourites) ?? []
  const ids = new Set(starred.map(({ personId }) => personId))
  const recent = rows
    .filter(({ person }) => !ids.has(person.personId))
    .toSorted((a, b) => b.latestAtMs - a.latestAtMs)
    .slice(0, RECENT_PEOPLE)
    .map(({ person }) => person)
  if (starred.length === 0 && recent.length === 0) return <p className="lead">{t('search.start')}</p>
  return (
    <>
      <People title={t('search.favourites')} people={starred} onPick={onPick} />
      <People title={t('search.recent')} people={recent} onPick={onPick} sayUnreachable />
    </>
  )
}

function People(props: {
  title: string
  people: readonly DirectoryPerson[]
  onPick: (person: DirectoryPerson) => void
  sayUnreachable?: boolean
}) {
  if (props.people.length === 0) return null
  return (
    <section className="vstack" aria-label={props.title}>
      <h2 className="field__label">{props.title}</h2>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys are a shortcut; Tab reaches every button */}
      <div className="combo__list" onKeyDown={walkLinks}>
        {props.people.map((person) => (
          <button key={person.personId} type="button" className="person" onClick={() => props.onPick(person)}>
            <PersonChoice
              person={person}
              typed=""
              picked={false}
              withNumber={false}
              sayUnreachable={props.sayUnreachable ?? false}
            />
          </button>
        ))}
      </div>
    </section>
  )
}
