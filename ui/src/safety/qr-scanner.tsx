/**
 * The camera reading somebody's QR code, as bytes. Pictures stay in this page. Fetched only when scanning begins, with
 * its decoder (jsQR: the browser's own detector gives text, and a safety number is bytes).
 */
import jsQR from 'jsqr'
import { useEffect, useRef, useState } from 'react'
import { Notice } from '../feedback/states.tsx'
import { useSpeech } from '../i18n/language.tsx'

const LOOK_EVERY_MS = 160
const FRAME_PX = 640

export default function QrScanner(props: { onScanned: (bytes: Uint8Array) => void }) {
  const { t } = useSpeech()
  const video = useRef<HTMLVideoElement>(null)
  const [refused, setRefused] = useState(false)
  const { onScanned } = props
  useEffect(() => {
    const element = video.current
    if (!element) return
    let stream: MediaStream | undefined
    let timer: ReturnType<typeof setInterval> | undefined
    let over = false
    const stop = () => {
      over = true
      clearInterval(timer)
      for (const track of stream?.getTracks() ?? []) track.stop()
    }
    const start = async () => {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } })
      if (over) return stop()
      element.srcObject = stream
      await element.play()
      const canvas = document.createElement('canvas')
      timer = setInterval(() => {
        const found = readFrame(element, canvas)
        if (!found || over) return
        stop()
        onScanned(found)
      }, LOOK_EVERY_MS)
    }
    start().catch(() => !over && setRefused(true))
    return stop
  }, [onScanned])
  if (refused) {
    return (
      <Notice tone="caution" icon="camera" role="alert">
        {t('safety.noCamera')}
      </Notice>
    )
  }
  return (
    <div className="scanner">
      <video ref={video} playsInline muted aria-label={t('safety.scanTitle')} />
      <p className="small lead">{t('safety.scanHint')}</p>
    </div>
  )
}

function readFrame(video: HTMLVideoElement, canvas: HTMLCanvasElement): Uint8Array | undefined {
  if (video.videoWidth === 0) return
  const scale = Math.min(1, FRAME_PX / video.videoWidth)
  canvas.width = Math.round(video.videoWidth * scale)
  canvas.height = Math.round(video.videoHeight * scale)
  const context = canvas.getContext('2d', { willReadFrequently: true })
  if (!context) return
  context.drawImage(video, 0, 0, canvas.width, canvas.height)
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
  const code = jsQR(data, canvas.width, canvas.height, { inversionAttempts: 'dontInvert' })
  return code && code.binaryData.length > 0 ? new Uint8Array(code.binaryData) : undefined
}
