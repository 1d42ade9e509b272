/**
 * The phone: one column, one screen at a time, the parts of the app at the thumb. Going back is the browser's history,
 * so that the system's own gesture works.
 */
import type { ConversationId } from '@pli/client'
import {
  ConversationScreen,
  FocusArrival,
  goBack,
  InboxScreen,
  InstallNotice,
  LazyNewMessageScreen,
  LazyPersonScreen,
  LazySettingsScreen,
  navigate,
  type Route,
  Skeleton,
  useDocumentTitle,
  useGate,
  useRoute,
} from '@pli/ui'
import { Suspense } from 'react'
import { TabBar } from './tab-bar.tsx'

const open = (conversationId: ConversationId) => navigate({ at: 'conversation', conversationId })
/** Who was picked takes the place of the search: back leads to where the search was begun. */
const openPicked = (conversationId: ConversationId) =>
  navigate({ at: 'conversation', conversationId }, 'replace')
const toInbox = () => goBack({ at: 'inbox' })
const toStart = () => navigate({ at: 'inbox' }, 'replace')

/** The parts that the bar at the bottom leads to. */
const hasTabs = (route: Route) => route.at === 'inbox' || route.at === 'people' || route.at === 'me'

export function PhoneApp() {
  const route = useRoute()
  const conversationId = 'conversationId' in route ? route.conversationId : ''
  useDocumentTitle(route)
  return (
    <div className="phone">
      <Suspense fallback={<SkeletonScreen />}>
        <ScreenAt route={route} />
        <FocusArrival place={`${route.at} ${conversationId}`} />
      </Suspense>
      {hasTabs(route) && <TabBar route={route} />}
    </div>
  )
}

function ScreenAt({ route }: { route: Route }) {
  switch (route.at) {
    case 'inbox':
      return <Inbox />
    case 'conversation':
      return (
        <ConversationScreen
          conversationId={route.conversationId}
          onBack={toInbox}
          onOpenPerson={(conversationId) => navigate({ at: 'person', conversationId })}
        />
      )
    case 'person':
      return (
        <LazyPersonScreen
          conversationId={route.conversationId}
          onBack={() => goBack({ at: 'conversation', conversationId: route.conversationId })}
          onWrite={open}
        />
      )
    case 'new':
      return <LazyNewMessageScreen title="new" onOpen={openPicked} onBack={toInbox} />
    case 'people':
      return <LazyNewMessageScreen title="directory" onOpen={open} />
    case 'me':
      return <LazySettingsScreen onLocked={toStart} onErased={toStart} />
  }
}

function Inbox() {
  const gate = useGate()
  return (
    <>
      <InstallNotice />
      <InboxScreen
        onOpen={open}
        onWrite={() => navigate({ at: 'new' })}
        onSearchDirectory={() => navigate({ at: 'people' })}
        onProveAgain={gate.proveAgain}
      />
    </>
  )
}

function SkeletonScreen() {
  return (
    <main id="main" className="screen">
      <Skeleton rows={6} />
    </main>
  )
}
