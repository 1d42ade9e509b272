/**
 * Where one writes: text, a photo, the patient's initials, until when an answer can wait, a quote. Never disabled
 * offline: what is sent waits on this device. Enter sends at a desk and breaks the line on a phone.
 */
import type { ConversationId, MessageView, Quote, WriteOptions } from '@pli/client'
import {
  type ClipboardEvent,
  type FormEvent,
  type KeyboardEvent,
  lazy,
  Suspense,
  useEffect,
  useRef,
  useState,
} from 'react'
import { FailedLine } from '../feedback/states.tsx'
import { usePlatform } from '../hooks/platform.tsx'
import { useMessenger } from '../hooks/pli-context.tsx'
import { useTask } from '../hooks/use-task.ts'
import { useSpeech } from '../i18n/language.tsx'
import { Icon } from '../icons/icon.tsx'
import { bodyLine } from './body-words.ts'
import { CAPTION_CHARS, EXCERPT_CHARS, TEXT_CHARS } from './composer-limits.ts'
import { ComposerOptions } from './composer-options.tsx'
import { ChoosePhoto, PhotoButton, PickedPhoto } from './picked-photo.tsx'
import { useDraft } from './use-draft.ts'
import { useDroppedFile } from './use-dropped-file.ts'

const PatientCheck = lazy(() => import('../patient-check/patient-check.tsx'))

/** Where the browser does not grow the field by itself. */
const MAX_ROWS = 5

export interface ComposerProps {
  conversationId: ConversationId
  /** Of the person written to. */
  name: string
  /** Asked for in the thread just now: becomes part of the draft. */
  quoted?: MessageView | undefined
  onQuoteTaken: () => void
}

export function Composer(props: ComposerProps) {
  const { conversationId, quoted, onQuoteTaken } = props
  const { t } = useSpeech()
  const messenger = useMessenger()
  const desk = usePlatform().form === 'desk'
  const { writing, change, send: sendDraft } = useDraft(conversationId)
  const { patientTag, answerByMs, quote, photo } = writing
  const task = useTask()
  const field = useRef<HTMLTextAreaElement>(null)
  const [refused, setRefused] = useState(false)
  const [showOptions, setShowOptions] = useState(false)
  const limit = photo ? CAPTION_CHARS : TEXT_CHARS
  const text = writing.text.trim()
  const tooLong = text.length - limit

  useEffect(() => {
    if (desk) field.current?.focus()
  }, [desk])
  useEffect(() => {
    if (!quoted) return
    change({ quote: quoteOf(quoted, bodyLine(t, quoted.body)) })
    field.current?.focus()
    onQuoteTaken()
  }, [quoted, change, onQuoteTaken, t])

  const pick = (file: File | undefined) => {
    if (!file) return
    setRefused(!mayBePicture(file))
    if (mayBePicture(file)) change({ photo: file })
    field.current?.focus()
  }
  const send = async () => {
    if ((!text && !photo) || tooLong > 0) return field.current?.focus()
    const tag = patientTag.trim()
    const options: WriteOptions = {
      ...(tag && { patientTag: tag }),
      ...(answerByMs !== undefined && { answerByMs }),
      ...(quote && { quote }),
    }
    const sent = await task.run(() =>
      sendDraft(() =>
        photo ? sendPhoto(photo, text, options) : messenger.sendText(conversationId, text, options),
      ),
    )
    if (!sent) return
    setShowOptions(false)
    field.current?.focus()
  }
  const sendPhoto = async (file: File, caption: string, options: WriteOptions) => {
    const bytes = new Uint8Array(await file.arrayBuffer())
    await messenger.sendPhoto(conversationId, { bytes, ...(caption && { caption }) }, options)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.nativeEvent.isComposing || event.shiftKey) return
    if (!desk && !event.ctrlKey && !event.metaKey) return
    event.preventDefault()
    void send()
  }
  const onPaste = (event: ClipboardEvent) => {
    const image = [...event.clipboardData.files].find((file) => file.type.startsWith('image/'))
    if (!image) return
    event.preventDefault()
    pick(image)
  }
  const over = useDroppedFile(field, pick)
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    void send()
  }
  const optionsOn = showOptions || patientTag !== '' || answerByMs !== undefined
  const placeholder = photo ? 'composer.caption' : desk ? 'composer.placeholderDesk' : 'composer.placeholder'
  return (
    <form
      className={over ? 'writer writer--over' : 'writer'}
      aria-label={t('composer.form')}
      onSubmit={onSubmit}
      onPaste={onPaste}
    >
      {quote && <QuoteStrip text={quote.excerpt} onRemove={() => change({ quote: undefined })} />}
      {photo && <PickedPhoto file={photo} onRemove={() => change({ photo: undefined })} />}
      {optionsOn && (
        <ComposerOptions
          patientTag={patientTag}
          onPatientTag={(tag) => change({ patientTag: tag })}
          answerByMs={answerByMs}
          onAnswerBy={(atMs) => change({ answerByMs: atMs })}
        >
          {!desk && <ChoosePhoto onPick={pick} />}
          <Suspense>
            <PatientCheck conversationId={conversationId} name={props.name} />
          </Suspense>
        </ComposerOptions>
      )}
      <ComposerNews failure={task.failure} refused={refused} tooLong={tooLong} />
      <div className="composer">
        <button
          type="button"
          className="icon-btn"
          aria-label={t('composer.options')}
          aria-expanded={optionsOn}
          onClick={() => setShowOptions(!showOptions)}
        >
          <Icon name={desk ? 'clock' : 'plus'} />
        </button>
        {desk && <PhotoButton onPick={pick} />}
        <label className="composer__field">
          <span className="sr">{t('composer.label', { name: props.name })}</span>
          <textarea
            ref={field}
            className="input"
            rows={Math.min(MAX_ROWS, writing.text.split('\n').length)}
            readOnly={task.busy}
            value={writing.text}
            placeholder={t(placeholder)}
            enterKeyHint={desk ? 'send' : 'enter'}
            onChange={(event) => change({ text: event.target.value })}
            onKeyDown={onKeyDown}
          />
        </label>
        {!desk && <PhotoButton onPick={pick} camera />}
        <SendButton desk={desk} busy={task.busy} />
      </div>
    </form>
  )
}

/** Some systems give HEIC no type: the messenger looks inside and says what it is. */
function mayBePicture(file: File): boolean {
  return file.type.startsWith('image/') || file.type === ''
}

function quoteOf(message: MessageView, line: string): Quote {
  return { messageId: message.id, excerpt: line.slice(0, EXCERPT_CHARS) }
}

function SendButton({ desk, busy }: { desk: boolean; busy: boolean }) {
  const { t } = useSpeech()
  if (!desk) {
    return (
      <button
        type="submit"
        className="icon-btn icon-btn--filled"
        aria-label={t('composer.send')}
        aria-busy={busy}
      >
        <Icon name="send" />
      </button>
    )
  }
  return (
    <button type="submit" className="btn btn--primary" aria-busy={busy}>
      <Icon name="send" size="sm" />
      {t('composer.send')}
    </button>
  )
}

function QuoteStrip({ text, onRemove }: { text: string; onRemove: () => void }) {
  const { t } = useSpeech()
  return (
    <div className="writer__strip">
      <div className="quote">
        <span className="quote__text">
          <b>{t('composer.quoting')}</b>
          {text}
        </span>
        <button type="button" className="icon-btn" aria-label={t('composer.unquote')} onClick={onRemove}>
          <Icon name="close" size="sm" />
        </button>
      </div>
    </div>
  )
}

function ComposerNews(props: { failure: unknown; refused: boolean; tooLong: number }) {
  const { t } = useSpeech()
  if (props.failure === undefined && !props.refused && props.tooLong <= 0) return null
  return (
    <div className="writer__strip">
      <FailedLine error={props.failure} />
      {props.refused && (
        <p className="field__error" role="alert">
          {t('composer.notImage')}
        </p>
      )}
      {props.tooLong > 0 && (
        <p className="field__error" role="status">
          {t('composer.tooLong', { count: props.tooLong })}
        </p>
      )}
    </div>
  )
}
