/** A photo on the whole screen, always on black so that nothing tints it; a tap looks closer. Fetched when needed. */
import { useEffect, useId, useRef, useState } from 'react'
import { useSpeech } from '../i18n/language.tsx'
import { Icon } from '../icons/icon.tsx'

export default function PhotoViewer(props: {
  src: string | undefined
  caption: string
  onClose: () => void
}) {
  const { t } = useSpeech()
  const { onClose, caption } = props
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  const [close, setClose] = useState(false)
  useEffect(() => {
    const element = dialog.current
    if (!element) return
    element.addEventListener('close', onClose)
    if (!element.open) element.showModal()
    return () => element.removeEventListener('close', onClose)
  }, [onClose])
  const toggle = () => setClose((now) => !now)
  return (
    <dialog ref={dialog} className="viewer" aria-labelledby={titleId}>
      <div className="viewer__bar">
        <button
          type="button"
          className="icon-btn"
          aria-label={t('common.close')}
          onClick={() => dialog.current?.close()}
        >
          <Icon name="close" />
        </button>
        <h2 id={titleId}>{t('photo.viewer')}</h2>
        <button
          type="button"
          className="icon-btn"
          aria-label={t(close ? 'photo.unzoom' : 'photo.zoom')}
          onClick={toggle}
        >
          <Icon name="search" />
        </button>
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the button above does the same from the keyboard */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: see above */}
      <div
        className={close ? 'viewer__stage viewer__stage--close' : 'viewer__stage'}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable from the keyboard
        tabIndex={0}
        onClick={toggle}
      >
        {props.src && (
          <img src={props.src} alt={caption ? t('photo.altCaption', { caption }) : t('photo.alt')} />
        )}
      </div>
      {caption ? <p className="viewer__cap">{caption}</p> : <span />}
    </dialog>
  )
}
