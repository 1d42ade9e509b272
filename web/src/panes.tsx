/**
 * What stands beside the list: the main pane, and the context pane where there is room for it. A person's page is the
 * context of their conversation; on a narrow desk it takes the conversation's place.
 */
import type { ConversationId } from '@pli/client'
import {
  ConversationScreen,
  EmptyState,
  goBack,
  LazyNewMessageScreen,
  LazyPersonScreen,
  LazySettingsScreen,
  navigate,
  type Route,
  useLive,
  useMessenger,
  useSpeech,
} from '@pli/ui'
import { lazy } from 'react'

const DirectoryPanes = lazy(async () => ({ default: (await import('./directory-panes.tsx')).DirectoryPanes }))

const open = (conversationId: ConversationId) => navigate({ at: 'conversation', conversationId })
const back = () => goBack({ at: 'inbox' })
const toInbox = () => navigate({ at: 'inbox' }, 'replace')

/** Which panes there is room for beside the main one. */
export interface Fits {
  list: boolean
  context: boolean
}

export interface PanesProps {
  route: Route
  fits: Fits
}

export function Panes({ route, fits }: PanesProps) {
  switch (route.at) {
    case 'inbox':
      // Where only one pane fits, it is the list.
      return fits.list ? (
        <div className="pane pane--talk">
          <NothingPicked />
        </div>
      ) : null
    case 'conversation':
    case 'person':
      return <ConversationPanes {...route} fits={fits} />
    case 'new':
      return (
        <div className="pane pane--talk">
          <LazyNewMessageScreen title="new" onOpen={open} onBack={back} />
        </div>
      )
    case 'people':
      return <DirectoryPanes contextFits={fits.context} onOpen={open} />
    case 'me':
      return (
        <div className="pane pane--talk">
          <LazySettingsScreen onLocked={toInbox} onErased={toInbox} />
        </div>
      )
  }
}

function ConversationPanes(props: {
  at: 'conversation' | 'person'
  conversationId: ConversationId
  fits: Fits
}) {
  const { conversationId, fits } = props
  const onBack = () => goBack({ at: 'conversation', conversationId })
  if (!fits.context && props.at === 'person') {
    return (
      <div className="pane pane--talk">
        <LazyPersonScreen conversationId={conversationId} landmark="main" onBack={onBack} />
      </div>
    )
  }
  return (
    <>
      <div className="pane pane--talk">
        <ConversationScreen
          conversationId={conversationId}
          {...(!fits.list && { onBack: back })}
          onOpenPerson={() => navigate({ at: 'person', conversationId })}
        />
      </div>
      {fits.context && (
        <div className="pane pane--side">
          <LazyPersonScreen key={conversationId} conversationId={conversationId} landmark="aside" />
        </div>
      )}
    </>
  )
}

function NothingPicked() {
  const { t } = useSpeech()
  const rows = useLive(useMessenger().inbox)
  if (!rows?.length) {
    // The list says what to do first; twice would be once too many.
    return (
      <main id="main">
        <h1 className="sr">{t('nav.messages')}</h1>
      </main>
    )
  }
  return (
    <main id="main" className="nothing-picked" aria-label={t('nav.messages')}>
      <EmptyState heading="h1" icon="inbox" title={t('app.pickTitle')} text={t('app.pickText')}>
        <button type="button" className="btn" onClick={() => navigate({ at: 'new' })}>
          {t('nav.writeKey')}
        </button>
      </EmptyState>
    </main>
  )
}
