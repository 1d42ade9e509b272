/** Choosing a photo, and the one chosen, before it is sent. The messenger takes its metadata out. */
import { type RefObject, useRef, useState } from 'react'
import { useBlobUrl } from '../hooks/use-blob-url.ts'
import { useSpeech } from '../i18n/language.tsx'
import { Icon } from '../icons/icon.tsx'

interface PickProps {
  onPick: (file: File | undefined) => void
}

/** `camera`: the phone's camera opens at once; otherwise its files. */
export function PhotoButton(props: PickProps & { camera?: boolean }) {
  const { t } = useSpeech()
  const input = useRef<HTMLInputElement>(null)
  const label = t(props.camera ? 'composer.camera' : 'composer.photo')
  return (
    <>
      <button type="button" className="icon-btn" aria-label={label} onClick={() => input.current?.click()}>
        <Icon name="camera" />
      </button>
      <FileInput {...props} element={input} label={label} />
    </>
  )
}

/** A photo that is on the phone already. */
export function ChoosePhoto(props: PickProps) {
  const { t } = useSpeech()
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <button type="button" className="btn writer__choose" onClick={() => input.current?.click()}>
        <Icon name="file" size="sm" />
        {t('composer.photo')}
      </button>
      <FileInput {...props} element={input} label={t('composer.photo')} />
    </>
  )
}

function FileInput(
  props: PickProps & { camera?: boolean; element: RefObject<HTMLInputElement | null>; label: string },
) {
  return (
    <input
      ref={props.element}
      type="file"
      accept="image/*"
      hidden
      aria-label={props.label}
      {...(props.camera && { capture: 'environment' as const })}
      onChange={(event) => {
        props.onPick(event.target.files?.[0])
        // The same file may be chosen again after it was taken off.
        event.target.value = ''
      }}
    />
  )
}

export function PickedPhoto(props: { file: File; onRemove: () => void }) {
  const { t, format } = useSpeech()
  const url = useBlobUrl(props.file)
  const [unseen, setUnseen] = useState(false)
  return (
    <div className="writer__strip">
      <div className="picked">
        {url && !unseen ? (
          <img src={url} alt={t('photo.alt')} onError={() => setUnseen(true)} />
        ) : (
          <span className="picked__none">
            <Icon name="camera" />
          </span>
        )}
        <p>
          <b>
            {t('body.photo')}, {format.size(props.file.size)}
          </b>
          {t('composer.photoReady')}
        </p>
        <button
          type="button"
          className="icon-btn"
          aria-label={t('composer.removePhoto')}
          onClick={props.onRemove}
        >
          <Icon name="close" />
        </button>
      </div>
    </div>
  )
}
