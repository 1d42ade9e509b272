/**
 * A message as a sealed sheet with one corner folded. A tap shows the way it went, in words, and what can be done.
 * Not concerned with their order, nor with days (`thread.tsx`).
 */
import type { MessageView } from '@pli/client'
import type { MessageId } from '@pli/protocol/content'
import { type MouseEvent, memo, useId, useState } from 'react'
import { useNow } from '../hooks/use-now.ts'
import { useSpeech } from '../i18n/language.tsx'
import { Icon } from '../icons/icon.tsx'
import { deadlineTime } from '../inbox/due.tsx'
import { copyableText } from './body-words.ts'
import { MessagePath, MessageState } from './message-state.tsx'
import { PatientTag } from './patient-tag.tsx'
import { PhotoBody } from './photo-body.tsx'
import type { MessageActions } from './use-message-actions.ts'

export interface MessageBubbleProps {
  message: MessageView
  /** The other person's name, for what is said about them. */
  name: string
  actions: MessageActions
  onQuote: (message: MessageView) => void
  /** Shows the message that is quoted. */
  onFind: (messageId: MessageId) => void
}

export const MessageBubble = memo(function MessageBubble(props: MessageBubbleProps) {
  const { message } = props
  const [open, setOpen] = useState(false)
  if (message.direction === 'note') return <Note message={message} name={props.name} />
  if (message.body.kind === 'unreadable')
    return <Unreadable message={message} askedAtMs={message.body.sentAgainAskedAtMs} />
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a wide target for a hand; the meta line is the real button
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above
    <div
      className={bubbleClass(message, open)}
      data-message={message.id}
      onClick={(event) => isOwnTap(event) && setOpen(!open)}
    >
      <Head message={message} onFind={props.onFind} />
      <Body {...props} />
      <Meta message={message} open={open} onToggle={() => setOpen(!open)} />
      {open && message.times && <MessagePath times={message.times} />}
      <Failure message={message} onRetry={() => props.actions.retry(message)} />
      {open && <Actions {...props} />}
    </div>
  )
})

function bubbleClass(message: MessageView, open: boolean): string {
  const state = message.outgoing?.state
  const failed = state === 'failed' || state === 'expired'
  const names = [
    'bubble',
    message.direction === 'out' && 'bubble--mine',
    failed && 'bubble--failed',
    open && 'bubble--open',
  ]
  return names.filter(Boolean).join(' ')
}

/** A tap on the sheet itself: not on a control in it, and not the end of a selection. */
function isOwnTap(event: MouseEvent<HTMLElement>): boolean {
  const onControl = (event.target as Element).closest('button, a, dialog')
  return !onControl && !window.getSelection()?.toString()
}

function Head({ message, onFind }: { message: MessageView; onFind: (messageId: MessageId) => void }) {
  const speech = useSpeech()
  const nowMs = useNow(60_000)
  const { quote, patientTag, answerByMs } = message
  return (
    <>
      {quote && (
        <button type="button" className="quote" onClick={() => onFind(quote.messageId)}>
          <span className="quote__text">
            <span className="sr">{speech.t('message.quoted')} : </span>
            {quote.excerpt}
          </span>
        </button>
      )}
      {(patientTag || answerByMs !== undefined) && (
        <p className="bubble__tag">
          {patientTag && <PatientTag tag={patientTag} />}
          {answerByMs !== undefined && (
            <span className="due">
              <Icon name="clock" size="xs" />
              {speech.t('message.answerBefore', { time: deadlineTime(speech, answerByMs, nowMs) })}
            </span>
          )}
        </p>
      )}
    </>
  )
}

function Body({ message, actions }: MessageBubbleProps) {
  const { t } = useSpeech()
  const { body } = message
  if (body.kind === 'text') return <p className="bubble__text">{body.text}</p>
  if (body.kind === 'photo') {
    return <PhotoBody message={message} photo={body} onCancel={() => actions.takeBack(message)} />
  }
  return (
    <p className="bubble__line">
      <Icon name="info" size="sm" />
      <span>
        <b>{t('message.unsupportedTitle')}</b> {t('message.unsupportedText')}
      </span>
    </p>
  )
}

function Meta(props: { message: MessageView; open: boolean; onToggle: () => void }) {
  const { t, format } = useSpeech()
  const { message, open } = props
  const showState = message.outgoing && !(open && message.times)
  return (
    <button type="button" className="bubble__more" aria-expanded={open} onClick={props.onToggle}>
      {showState && message.outgoing && <MessageState outgoing={message.outgoing} />}
      <time>{format.time(message.atMs)}</time>
      <span className="sr">{t(open ? 'message.hideDetails' : 'message.details')}</span>
    </button>
  )
}

function Failure({ message, onRetry }: { message: MessageView; onRetry: () => void }) {
  const { t } = useSpeech()
  const outgoing = message.outgoing
  if (outgoing?.state !== 'failed' && outgoing?.state !== 'expired') return null
  // A changed key is decided once for the conversation, not message by message.
  const decides = outgoing.state === 'failed' && outgoing.code === 'identity_changed'
  return (
    <div className="bubble__failure">
      {outgoing.state === 'failed' && <p className="small">{t(`failure.${outgoing.code}`)}</p>}
      {!decides && (
        <button type="button" className="btn" onClick={onRetry}>
          <Icon name="retry" size="sm" />
          {t('common.retry')}
        </button>
      )}
    </div>
  )
}

function Actions({ message, actions, onQuote }: MessageBubbleProps) {
  const { t } = useSpeech()
  const mayTakeBack = message.outgoing?.state === 'waiting'
  const groupId = useId()
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for a form; these are acts on one message
    <div className="bubble__actions" role="group" id={groupId} aria-label={t('common.more')}>
      {copyableText(message.body) !== undefined && (
        <button type="button" className="btn" onClick={() => actions.copy(message)}>
          <Icon name="copy" size="sm" />
          {t('message.copy')}
        </button>
      )}
      <button type="button" className="btn" onClick={() => onQuote(message)}>
        <Icon name="reply" size="sm" />
        {t('message.quote')}
      </button>
      {mayTakeBack && (
        <button type="button" className="btn" onClick={() => actions.takeBack(message)}>
          <Icon name="close" size="sm" />
          {t('message.takeBack')}
        </button>
      )}
      <button type="button" className="btn" onClick={() => actions.remove(message)}>
        <Icon name="trash" size="sm" />
        {t('message.delete')}
      </button>
    </div>
  )
}

function Unreadable({ message, askedAtMs }: { message: MessageView; askedAtMs: number | undefined }) {
  const { t, format } = useSpeech()
  return (
    <div className="bubble bubble--locked" data-message={message.id}>
      <p className="bubble__line">
        <Icon name="st-locked" size="sm" />
        <span>
          <b>{t('message.unreadableTitle')}</b>{' '}
          {askedAtMs === undefined
            ? t('message.unreadableText')
            : t('message.unreadableAsked', { time: format.time(askedAtMs) })}
        </span>
      </p>
    </div>
  )
}

function Note({ message, name }: { message: MessageView; name: string }) {
  const { t, format } = useSpeech()
  return (
    <div className="bubble bubble--note" data-message={message.id}>
      <p className="bubble__line">
        <Icon name="key" size="sm" />
        <span>
          {message.body.kind === 'identity_changed'
            ? t('message.identityChanged', { name })
            : t('body.unsupported')}{' '}
          <time>{format.time(message.atMs)}</time>
        </span>
      </p>
    </div>
  )
}
