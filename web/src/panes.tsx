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
  useSpeech,
} from '@pli/ui'
import { lazy } from 'react'

const DirectoryPanes = lazy(async () => ({ default: (await import('./directory-panes.tsx')).DirectoryPanes }))

const open = (conversationId: ConversationId) => navigate({ at: 'conversation', conversationId })
const back = () => goBack({ at: 'inbox' })
const toInbox = () => navigate({ at: 'inbox' }, 'replace')

export interface PanesProps {
  route: Route
  contextFits: boolean
}

export function Panes({ route, contextFits }: PanesProps) {
  switch (route.at) {
    case 'inbox':
      return (
        <div className="pane pane--talk">
          <NothingPicked />
        </div>
      )
    case 'conversation':
    case 'person':
      return <ConversationPanes {...route} contextFits={contextFits} />
    case 'new':
      return (
        <div className="pane pane--talk">
          <LazyNewMessageScreen title="new" onOpen={open} onBack={back} />
        </div>
      )
    case 'people':
      return <DirectoryPanes contextFits={contextFits} onOpen={open} />
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
  contextFits: boolean
}) {
  const { conversationId, contextFits } = props
  const onBack = () => goBack({ at: 'conversation', conversationId })
  if (!contextFits && props.at === 'person') {
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
          onOpenPerson={() => navigate({ at: 'person', conversationId })}
        />
      </div>
      {contextFits && (
        <div className="pane pane--side">
          <LazyPersonScreen key={conversationId} conversationId={conversationId} landmark="aside" />
        </div>
      )}
    </>
  )
}

function NothingPicked() {
  const { t } = useSpeech()
  return (
    <main id="main" className="nothing-picked" aria-label={t('nav.messages')}>
      <EmptyState icon="inbox" title={t('app.pickTitle')} text={t('app.pickText')}>
        <button type="button" className="btn" onClick={() => navigate({ at: 'new' })}>
          {t('nav.writeKey')}
        </button>
      </EmptyState>
    </main>
  )
}
