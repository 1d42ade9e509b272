/**
 * A photo inside a bubble: a tiny preview first, then the photo, then full screen on a tap; while it leaves, how far it
 * is and a way to take it back. Not concerned with preparing it: no metadata is in it by then.
 */
import type { MessageBody, MessageView } from '@pli/client'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { useBlobUrl } from '../hooks/use-blob-url.ts'
import { useSpeech } from '../i18n/language.tsx'
import { Icon } from '../icons/icon.tsx'
import { uploadPercent } from './message-state.tsx'
import { usePhoto } from './use-photo.ts'

const PhotoViewer = lazy(() => import('./photo-viewer.tsx'))

type Photo = Extract<MessageBody, { kind: 'photo' }>

export function PhotoBody(props: { message: MessageView; photo: Photo; onCancel: () => void }) {
  const { photo, message } = props
  const { t } = useSpeech()
  const frame = useRef<HTMLButtonElement>(null)
  const seen = useSeen(frame)
  const { bytes, failure, retry } = usePhoto(message.id, seen)
  const [viewing, setViewing] = useState(false)
  const full = useBlobUrl(bytes)
  const preview = useBlobUrl(photo.preview)
  const failed = failure !== undefined
  const caption = photo.caption ?? ''
  const label = caption ? t('photo.openFrom', { caption }) : t('photo.open')
  return (
    <>
      <button
        ref={frame}
        type="button"
        className={full ? 'shot' : 'shot shot--blurred'}
        style={{ aspectRatio: `${photo.width} / ${photo.height}` }}
        aria-label={failed ? t('photo.failed') : label}
        onClick={(event) => {
          event.stopPropagation()
          if (failed) retry()
          else setViewing(true)
        }}
      >
        {(full ?? preview) && <img src={full ?? preview} alt="" />}
        {!full && <Veil failed={failed} />}
      </button>
      <Sending message={message} onCancel={props.onCancel} />
      {photo.caption && <p className="bubble__text">{photo.caption}</p>}
      {viewing && (
        <Suspense fallback={null}>
          <PhotoViewer src={full ?? preview} caption={caption} onClose={() => setViewing(false)} />
        </Suspense>
      )}
    </>
  )
}

function Veil({ failed }: { failed: boolean }) {
  const { t } = useSpeech()
  return (
    <span className="shot__veil">
      <Icon name={failed ? 'retry' : 'download'} size="xs" />
      {t(failed ? 'photo.failed' : 'photo.fetching')}
    </span>
  )
}

function Sending({ message, onCancel }: { message: MessageView; onCancel: () => void }) {
  const { t, format } = useSpeech()
  const outgoing = message.outgoing
  if (outgoing?.state !== 'waiting') return null
  const percent = uploadPercent(outgoing)
  if (percent === undefined) return <p className="small muted">{t('photo.kept')}</p>
  const done = format.size(outgoing.uploadedBytes ?? 0)
  return (
    <div className="sending">
      <div>
        <progress max={100} value={percent} aria-label={t('photo.sending')} />
        <p>{t('photo.progress', { done, total: format.size(outgoing.totalBytes ?? 0) })}</p>
      </div>
      <button type="button" className="icon-btn" aria-label={t('message.takeBack')} onClick={onCancel}>
        <Icon name="close" />
      </button>
    </div>
  )
}

/** True once the element came near the screen, and from then on. */
function useSeen(element: { readonly current: Element | null }): boolean {
  const [seen, setSeen] = useState(false)
  useEffect(() => {
    if (seen || !element.current) return
    const observer = new IntersectionObserver(
      (entries) => entries.some((e) => e.isIntersecting) && setSeen(true),
      {
        rootMargin: '300px',
      },
    )
    observer.observe(element.current)
    return () => observer.disconnect()
  }, [seen, element])
  return seen
}
