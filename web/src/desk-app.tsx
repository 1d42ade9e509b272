/**
 * The desk: rail, list, conversation, context. Which panes there are follows from the route; which of them fit follows
 * from the width (`desk.css`, and `css/frames.css` of the ui package).
 */
import type { ConversationId } from '@pli/client'
import {
  FocusArrival,
  focusMain,
  goBack,
  groupRows,
  InboxScreen,
  InstallNotice,
  isOffline,
  lockNow,
  navigate,
  type Route,
  Skeleton,
  useDocumentTitle,
  useGate,
  useLive,
  useMessenger,
  usePli,
  useRoute,
  useSpeech,
} from '@pli/ui'
import { lazy, Suspense, useState } from 'react'
import { focusComposer, focusContext, focusList, focusSearch } from './desk-focus.ts'
import { type Fits, Panes } from './panes.tsx'
import { Rail } from './rail.tsx'
import { useShortcuts, useSingleKeys } from './shortcuts.ts'
import { useMedia } from './use-media.ts'

const ShortcutHelp = lazy(() => import('./shortcut-help.tsx'))

/** The widths at which the frames drop a pane (`css/frames.css`). */
const CONTEXT_FITS = '(min-width: 82.01rem)'
const LIST_FITS = '(min-width: 56.01rem)'

const open = (conversationId: ConversationId) => navigate({ at: 'conversation', conversationId })
const write = () => navigate({ at: 'new' })

/** The directory and one's own page take the room of list and conversation together. */
const hasList = (route: Route) => route.at !== 'people' && route.at !== 'me'

function deskClass(route: Route): string {
  if (route.at === 'people') return 'desk desk--wide'
  if (route.at === 'me') return 'desk desk--whole'
  if (route.at === 'inbox') return 'desk desk--talk desk--list'
  return route.at === 'new' ? 'desk desk--talk' : 'desk'
}

export function DeskApp() {
  const route = useRoute()
  const pli = usePli()
  const gate = useGate()
  const { localId } = useMessenger()
  const [help, setHelp] = useState(false)
  const [singleKeys, setSingleKeys] = useSingleKeys()
  const fits: Fits = { list: useMedia(LIST_FITS), context: useMedia(CONTEXT_FITS) }
  const conversationId = 'conversationId' in route ? route.conversationId : undefined
  const step = useStep(conversationId)
  const lock = () => void lockNow(pli, localId)
  useDocumentTitle(route)
  useShortcuts(singleKeys, {
    search: () => search(route),
    write,
    next: () => step(1),
    previous: () => step(-1),
    answer: focusComposer,
    person: () => conversationId && openPerson(conversationId, fits.context),
    leave: () => leave(route),
    lock,
    help: () => setHelp(true),
  })
  return (
    <div className={deskClass(route)}>
      <SkipLink />
      <Rail route={route} onGo={navigate} onLock={lock} onHelp={() => setHelp(true)} />
      {hasList(route) && (
        <div className="pane pane--list">
          <InstallNotice />
          <InboxScreen
            landmark={route.at === 'inbox' && !fits.list ? 'main' : 'section'}
            currentId={conversationId}
            onOpen={open}
            onWrite={write}
            onSearchDirectory={() => navigate({ at: 'people' })}
            onProveAgain={gate.proveAgain}
          />
        </div>
      )}
      <Suspense fallback={<PaneSkeleton />}>
        <Panes route={route} fits={fits} />
        <FocusArrival place={`${route.at} ${conversationId ?? ''}`} />
      </Suspense>
      {help && (
        <Suspense>
          <ShortcutHelp singleKeys={singleKeys} onSingleKeys={setSingleKeys} onClose={() => setHelp(false)} />
        </Suspense>
      )}
    </div>
  )
}

function SkipLink() {
  const { t } = useSpeech()
  return (
    // biome-ignore lint/a11y/useValidAnchor: it goes to a place in this page
    <a
      className="skip"
      href="#main"
      onClick={(event) => {
        // The fragment is the app's address: the focus goes there without it.
        event.preventDefault()
        focusMain()
      }}
    >
      {t('common.skip')}
    </a>
  )
}

function PaneSkeleton() {
  return (
    <div className="pane pane--talk">
      <Skeleton />
    </div>
  )
}

/** To the next conversation in the order that the list shows, or the one before. */
function useStep(current: ConversationId | undefined): (by: 1 | -1) => void {
  const messenger = useMessenger()
  const rows = useLive(messenger.inbox) ?? []
  const offline = isOffline(useLive(messenger.connection))
  return (by) => {
    const { toAnswer, waiting, recent } = groupRows(rows, offline)
    const order = [...toAnswer, ...waiting, ...recent].map((row) => row.conversationId)
    const at = current === undefined ? -1 : order.indexOf(current)
    const next = at < 0 && by < 0 ? order.at(-1) : order[at + by]
    if (next !== undefined) open(next)
  }
}

function search(route: Route) {
  if (focusSearch()) return
  // A narrow desk shows the list alone, or not at all.
  navigate(hasList(route) ? { at: 'inbox' } : { at: 'people' })
  requestAnimationFrame(() => focusSearch())
}

function openPerson(conversationId: ConversationId, contextFits: boolean) {
  if (contextFits) focusContext()
  else navigate({ at: 'person', conversationId })
}

/** Escape: out of what is being written, then out of the place. What was typed to search goes first. */
function leave(route: Route) {
  const field = document.activeElement
  if (field instanceof HTMLInputElement && field.value !== '') return
  if (route.at === 'inbox' || route.at === 'conversation') focusList()
  else goBack({ at: 'inbox' })
}
