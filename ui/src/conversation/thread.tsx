/**
 * The messages of a conversation, by day, newest at the bottom. Stays at the bottom while one is there, keeps its place
 * when earlier ones are added above. New ones are read out (role log).
 */
import type { ConversationView, MessageView } from '@pli/client'
import type { MessageId } from '@pli/protocol/content'
import { Fragment, useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useNow } from '../hooks/use-now.ts'
import { daysBetween } from '../i18n/formats.ts'
import { useSpeech } from '../i18n/language.tsx'
import type { Speech } from '../i18n/translator.ts'
import { Icon } from '../icons/icon.tsx'
import { fullName } from '../people/person-facts.ts'
import { MessageBubble } from './message-bubble.tsx'
import { type MessageActions, useMessageActions } from './use-message-actions.ts'

const NEAR_BOTTOM_PX = 120
const FOUND_MS = 1600

export interface ThreadProps {
  view: ConversationView
  onEarlier: () => void
  onQuote: (message: MessageView) => void
}

function dayWords({ t, format }: Speech, atMs: number, nowMs: number): string {
  const date = format.day(atMs, nowMs)
  const days = daysBetween(atMs, nowMs)
  if (days === 0) return t('time.today', { date })
  return days === 1 ? t('time.yesterday', { date }) : date
}

export function Thread({ view, onEarlier, onQuote }: ThreadProps) {
  const speech = useSpeech()
  const nowMs = useNow(60_000)
  const scroller = useRef<HTMLDivElement>(null)
  const actions = useThreadActions(scroller)
  const firstUnread = useFirstUnread(view)
  useKeptScroll(scroller, view.messages)
  const find = useCallback((messageId: MessageId) => showMessage(scroller.current, messageId), [])
  const name = fullName(speech, view.person)
  return (
    <div
      className="screen__scroll thread-scroll"
      ref={scroller}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable from the keyboard
      tabIndex={0}
      role="log"
      aria-label={speech.t('conversation.messages')}
    >
      <div className="thread">
        {view.hasEarlier && (
          <button type="button" className="btn btn--quiet" onClick={onEarlier}>
            {speech.t('conversation.earlier')}
          </button>
        )}
        {view.messages.length === 0 && <NothingYet name={name} />}
        {view.messages.map((message, at) => {
          const before = view.messages[at - 1]
          const newDay = !before || daysBetween(before.atMs, message.atMs) !== 0
          return (
            <Fragment key={message.id}>
              {newDay && <p className="day">{dayWords(speech, message.atMs, nowMs)}</p>}
              {message.id === firstUnread && (
                <p className="unread-line">{speech.t('conversation.unreadLine')}</p>
              )}
              <MessageBubble
                message={message}
                name={name}
                actions={actions}
                onQuote={onQuote}
                onFind={find}
              />
            </Fragment>
          )
        })}
      </div>
    </div>
  )
}

/** A bubble that goes takes the focus with it: the keyboard goes on from the thread, not from the top of the page. */
function useThreadActions(scroller: { readonly current: HTMLElement | null }): MessageActions {
  const actions = useMessageActions()
  return useMemo(() => {
    const focusThread = () => scroller.current?.focus({ preventScroll: true })
    return {
      ...actions,
      remove(message) {
        actions.remove(message)
        focusThread()
      },
      takeBack(message) {
        actions.takeBack(message)
        focusThread()
      },
    }
  }, [actions, scroller])
}

function NothingYet({ name }: { name: string }) {
  const { t } = useSpeech()
  return (
    <div className="empty">
      <Icon name="lock" />
      <h2>{t('conversation.emptyTitle', { name })}</h2>
      <p>{t('conversation.emptyText')}</p>
    </div>
  )
}

/** Where reading was left, decided when the conversation is opened: opening it makes everything read at once. */
function useFirstUnread(view: ConversationView): MessageId | undefined {
  const [firstUnread] = useState(() => {
    if (view.unread === 0) return
    return view.messages.filter((message) => message.direction === 'in').at(-view.unread)?.id
  })
  return firstUnread
}

function useKeptScroll(
  scroller: { readonly current: HTMLDivElement | null },
  messages: readonly MessageView[],
) {
  const kept = useRef<{ firstId?: MessageId | undefined; lastId?: MessageId | undefined; height: number }>({
    height: 0,
  })
  const atBottom = useRef(true)
  useLayoutEffect(() => {
    const element = scroller.current
    if (!element) return
    const note = () => {
      atBottom.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_BOTTOM_PX
    }
    // A photo that arrives, a bubble that opens or a keyboard that slides in changes the height without a message.
    const observer = new ResizeObserver(() => {
      if (atBottom.current) element.scrollTop = element.scrollHeight
    })
    observer.observe(element)
    if (element.firstElementChild) observer.observe(element.firstElementChild)
    element.addEventListener('scroll', note, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', note)
    }
  }, [scroller])
  useLayoutEffect(() => {
    const element = scroller.current
    if (!element) return
    const { firstId, lastId, height } = kept.current
    const last = messages.at(-1)
    const added = last?.id !== lastId
    if (lastId === undefined) {
      const line = element.querySelector('.unread-line')
      if (line) line.scrollIntoView({ block: 'start' })
      else element.scrollTop = element.scrollHeight
    } else if (added && (atBottom.current || last?.direction === 'out')) {
      element.scrollTop = element.scrollHeight
    } else if (!added && messages[0]?.id !== firstId) {
      element.scrollTop += element.scrollHeight - height
    }
    kept.current = { firstId: messages[0]?.id, lastId: last?.id, height: element.scrollHeight }
  }, [scroller, messages])
}

function showMessage(scroller: HTMLElement | null, messageId: MessageId) {
  const bubble = scroller?.querySelector<HTMLElement>(`[data-message="${CSS.escape(messageId)}"]`)
  if (!bubble) return
  bubble.scrollIntoView({ block: 'center' })
  bubble.classList.add('bubble--found')
  setTimeout(() => bubble.classList.remove('bubble--found'), FOUND_MS)
}
