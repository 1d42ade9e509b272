/**
 * The directory at a desk: search over the whole width, and beside it what is known of the person picked. Where the
 * context does not fit, picking somebody opens the conversation.
 */
import type { ConversationId } from '@pli/client'
import type { DirectoryPerson, DirectoryQuery } from '@pli/protocol/wire'
import {
  EmptyState,
  FailedLine,
  fullName,
  Icon,
  KnownPeople,
  Notice,
  PeopleSearch,
  PersonFactsPanel,
  PersonPortrait,
  type ProfessionChoice,
  ProfessionFilter,
  readFailure,
  Screen,
  ScreenBar,
  StarButton,
  useLive,
  useMessenger,
  useSpeech,
  useTask,
} from '@pli/ui'
import { useCallback, useMemo, useState } from 'react'

export interface DirectoryPanesProps {
  contextFits: boolean
  onOpen: (conversationId: ConversationId) => void
}

export function DirectoryPanes({ contextFits, onOpen }: DirectoryPanesProps) {
  const { t } = useSpeech()
  const messenger = useMessenger()
  const [profession, setProfession] = useState<ProfessionChoice>()
  const [person, setPerson] = useState<DirectoryPerson>()
  const task = useTask()
  const search = useCallback((query: DirectoryQuery) => messenger.searchPeople(query), [messenger])
  const filter = useMemo(() => (profession ? { profession } : {}), [profession])
  const own = useLive(messenger.account)?.person.personId
  const isOneself = person !== undefined && person.personId === own
  const write = (to: DirectoryPerson) =>
    void task.run(async () => onOpen(await messenger.openConversation(to.personId)))
  const pick = (picked: DirectoryPerson) => {
    task.forget()
    setPerson(picked)
    // The second Enter on the same line writes.
    const again = picked.personId === person?.personId
    if ((!contextFits || again) && picked.personId !== own) write(picked)
  }
  const failed = person && task.failure !== undefined && (
    <WriteFailed person={person} failure={task.failure} />
  )
  return (
    <>
      <div className="pane pane--talk">
        <Screen landmark="main" label={t('directory.title')}>
          <ScreenBar title={t('directory.title')} />
          <div className="screen__scroll">
            <div className="stack directory">
              {!contextFits && failed}
              <PeopleSearch
                search={search}
                layout="fields"
                onPick={pick}
                pickedId={person?.personId}
                sayUnreachable
                autoFocus
                filter={filter}
                start={<KnownPeople onPick={pick} />}
              >
                <ProfessionFilter value={profession} onChange={setProfession} />
              </PeopleSearch>
            </div>
          </div>
        </Screen>
      </div>
      {contextFits && (
        <aside className="pane pane--side" aria-label={t('app.context')}>
          <div className="screen__scroll">
            {person ? (
              <div className="stack">
                <div aria-live="polite">
                  <PersonPortrait person={person} />
                </div>
                {isOneself ? (
                  <p className="lead">{t('app.you')}</p>
                ) : (
                  <button
                    type="button"
                    className="btn btn--primary btn--wide"
                    aria-busy={task.busy}
                    onClick={() => write(person)}
                  >
                    <Icon name="write" size="sm" />
                    {t('nav.write')}
                  </button>
                )}
                {failed}
                <PersonFactsPanel person={person} />
                {!isOneself && <StarButton person={person} />}
              </div>
            ) : (
              <EmptyState icon="user" title={t('app.pickPerson')} text={t('app.pickPersonText')} />
            )}
          </div>
        </aside>
      )}
    </>
  )
}

function WriteFailed({ person, failure }: { person: DirectoryPerson; failure: unknown }) {
  const speech = useSpeech()
  if (readFailure(failure).code !== 'not_reachable') return <FailedLine error={failure} />
  return (
    <Notice tone="caution" icon="info" role="alert">
      <b>{speech.t('new.notReachable', { name: fullName(speech, person) })}</b>{' '}
      {speech.t('new.notReachableText')}
    </Notice>
  )
}
