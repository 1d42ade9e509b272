/**
 * One conversation: who this is and why we believe it, what was said, where one writes. A changed identity key stops
 * the sending and is said at the top until it is decided.
 */
import type { ConversationId, ConversationView, MessageView } from '@pli/client'
import { useCallback, useEffect, useMemo, useState } from 'react'
import { Composer } from '../conversation/composer.tsx'
import { ConversationBanners } from '../conversation/conversation-banners.tsx'
import { Thread } from '../conversation/thread.tsx'
import { ConnectionBar } from '../feedback/connection-bar.tsx'
import { Skeleton } from '../feedback/states.tsx'
import { usePlatform } from '../hooks/platform.tsx'
import { useMessenger } from '../hooks/pli-context.tsx'
import { useLive } from '../hooks/use-live.ts'
import { useSpeech } from '../i18n/language.tsx'
import { Icon } from '../icons/icon.tsx'
import { Avatar } from '../people/avatar.tsx'
import { NoConversation } from '../people/no-conversation.tsx'
import { fullName, personLine } from '../people/person-facts.ts'
import { type Landmark, Screen, ScreenBar } from './screen.tsx'

const PAGE_MESSAGES = 60

export interface ConversationScreenProps {
  conversationId: ConversationId
  landmark?: Landmark
  onBack?: () => void
  onOpenPerson: (conversationId: ConversationId) => void
}

/** Mounted anew for every conversation, so that nothing of one is ever shown in another. */
export function ConversationScreen(props: ConversationScreenProps) {
  return <OpenConversation key={props.conversationId} {...props} />
}

function OpenConversation(props: ConversationScreenProps) {
  const { conversationId } = props
  const { t } = useSpeech()
  const messenger = useMessenger()
  const [limit, setLimit] = useState(PAGE_MESSAGES)
  const live = useMemo(
    () => messenger.conversation(conversationId, limit),
    [messenger, conversationId, limit],
  )
  const latest = useLive(live)
  const [quoted, setQuoted] = useState<MessageView>()
  const forgetQuoted = useCallback(() => setQuoted(undefined), [])
  // While a longer page loads, the shorter one stays on the screen.
  const [kept, setKept] = useState<ConversationView>()
  const view = latest ?? kept
  const missing = latest === null && !kept
  useEffect(() => {
    if (latest) setKept(latest)
  }, [latest])
  useOpenedMark(conversationId, view)
  return (
    <Screen landmark={props.landmark ?? 'main'} label={t('conversation.messages')} className="screen--talk">
      <Header {...props} view={view} />
      <ConnectionBar />
      {view ? (
        <>
          <ConversationBanners view={view} onCompare={() => props.onOpenPerson(conversationId)} />
          <Thread view={view} onEarlier={() => setLimit(limit + PAGE_MESSAGES)} onQuote={setQuoted} />
          <WriteTo view={view} quoted={quoted} onQuoteTaken={forgetQuoted} />
        </>
      ) : (
        <div className="screen__scroll">{missing ? <NoConversation heading="h1" /> : <Skeleton />}</div>
      )}
    </Screen>
  )
}

function WriteTo(props: {
  view: ConversationView
  quoted: MessageView | undefined
  onQuoteTaken: () => void
}) {
  const speech = useSpeech()
  const { view } = props
  if (view.blocked) return null
  return (
    <Composer
      conversationId={view.conversationId}
      name={fullName(speech, view.person)}
      quoted={props.quoted}
      onQuoteTaken={props.onQuoteTaken}
    />
  )
}

function Header(props: ConversationScreenProps & { view: ConversationView | undefined }) {
  const speech = useSpeech()
  const { view, conversationId } = props
  const desk = usePlatform().form === 'desk'
  if (!view) return <ScreenBar onBack={props.onBack} />
  const name = fullName(speech, view.person)
  return (
    <>
      <ScreenBar onBack={props.onBack}>
        <button
          type="button"
          className="bar__who"
          aria-label={speech.t('conversation.openPerson', { name })}
          onClick={() => props.onOpenPerson(conversationId)}
        >
          <Avatar person={view.person} />
          <span className="bar__words">
            <h1>{name}</h1>
            <span className="bar__facts">{personLine(speech, view.person)}</span>
          </span>
        </button>
        {desk && (
          <button
            type="button"
            className="icon-btn"
            aria-label={speech.t('conversation.print')}
            onClick={() => window.print()}
          >
            <Icon name="print" />
          </button>
        )}
      </ScreenBar>
      <Trust view={view} />
    </>
  )
}

function Trust({ view }: { view: ConversationView }) {
  const { t } = useSpeech()
  // Whatever was compared before the key changed says nothing of the new one.
  const verified = view.verified && !view.identityChanged
  return (
    <div className="trust">
      <span className="ok">
        <Icon name="verified" size="xs" />
        {t(`proof.${view.proof.kind}`)}
      </span>
      <span className={verified ? 'ok' : undefined}>
        <Icon name="lock" size="xs" />
        {t(verified ? 'conversation.verified' : 'conversation.notVerified')}
      </span>
    </div>
  )
}

/** Opened means: on the screen of somebody who looks. A page in the background marks nothing. */
function useOpenedMark(conversationId: ConversationId, view: ConversationView | undefined) {
  const messenger = useMessenger()
  const lastId = view?.messages.at(-1)?.id
  const unread = view?.unread ?? 0
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new last message marks again
  useEffect(() => {
    if (unread === 0) return
    const mark = () => {
      if (document.visibilityState === 'visible') messenger.markOpened(conversationId).catch(() => undefined)
    }
    mark()
    document.addEventListener('visibilitychange', mark)
    return () => document.removeEventListener('visibilitychange', mark)
  }, [messenger, conversationId, lastId, unread])
}
