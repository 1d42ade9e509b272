/** To whom: the directory, and the people one wrote to last. Somebody who is not here yet says so, and nothing is sent. */
import type { ConversationId } from '@pli/client'
import type { DirectoryPerson, DirectoryQuery } from '@pli/protocol/wire'
import { useCallback, useMemo, useState } from 'react'
import { FailedState, Notice } from '../feedback/states.tsx'
import { usePlatform } from '../hooks/platform.tsx'
import { useMessenger } from '../hooks/pli-context.tsx'
import { useLive } from '../hooks/use-live.ts'
import { useTask } from '../hooks/use-task.ts'
import { readFailure } from '../i18n/error-sentence.ts'
import { useSpeech } from '../i18n/language.tsx'
import { KnownPeople } from '../people/known-people.tsx'
import { PeopleSearch } from '../people/people-search.tsx'
import { fullName } from '../people/person-facts.ts'
import { type ProfessionChoice, ProfessionFilter } from '../people/profession-filter.tsx'
import { type Landmark, Screen, ScreenBar } from './screen.tsx'

export interface NewMessageScreenProps {
  /** `new`: to write now; `directory`: to look somebody up. The same search, another title. */
  title?: 'new' | 'directory'
  landmark?: Landmark
  onBack?: () => void
  onOpen: (conversationId: ConversationId) => void
}

export function NewMessageScreen(props: NewMessageScreenProps) {
  const { t } = useSpeech()
  const messenger = useMessenger()
  const desk = usePlatform().form === 'desk'
  const [profession, setProfession] = useState<ProfessionChoice>()
  const [person, setPerson] = useState<DirectoryPerson>()
  const task = useTask()
  const search = useCallback((query: DirectoryQuery) => messenger.searchPeople(query), [messenger])
  const filter = useMemo(() => (profession ? { profession } : {}), [profession])
  const open = (picked: DirectoryPerson) => {
    setPerson(picked)
    void task.run(async () => props.onOpen(await messenger.openConversation(picked.personId)))
  }
  const title = t(props.title === 'directory' ? 'directory.title' : 'new.title')
  return (
    <Screen landmark={props.landmark ?? 'main'} label={title}>
      <ScreenBar title={title} onBack={props.onBack} />
      <div className="screen__scroll">
        <div className="stack">
          {person && task.failure !== undefined && (
            <OpenFailed person={person} failure={task.failure} onRetry={() => open(person)} />
          )}
          <PeopleSearch
            search={search}
            layout={desk ? 'fields' : 'box'}
            onPick={open}
            pickedId={task.busy ? person?.personId : undefined}
            sayUnreachable
            autoFocus
            filter={filter}
            start={<KnownPeople onPick={open} />}
          >
            <ProfessionFilter value={profession} onChange={setProfession} />
          </PeopleSearch>
        </div>
      </div>
    </Screen>
  )
}

function OpenFailed(props: { person: DirectoryPerson; failure: unknown; onRetry: () => void }) {
  const speech = useSpeech()
  const own = useLive(useMessenger().account)?.person.personId
  if (props.person.personId === own) {
    return (
      <Notice icon="info" role="alert">
        {speech.t('app.you')}
      </Notice>
    )
  }
  if (readFailure(props.failure).code !== 'not_reachable') {
    return <FailedState error={props.failure} onRetry={props.onRetry} />
  }
  return (
    <Notice tone="caution" icon="info" role="alert">
      <b>{speech.t('new.notReachable', { name: fullName(speech, props.person) })}</b>{' '}
      {speech.t('new.notReachableText')}
    </Notice>
  )
}
