/**
 * A file dropped anywhere on the conversation, not only on the field below it. A browser that nobody stops would leave
 * the app and open the file. Not concerned with what the file is.
 */
import { type RefObject, useEffect, useRef, useState } from 'react'

/** `inside`: an element of the conversation's screen. Resolves to whether a file is held over it. */
export function useDroppedFile(
  inside: RefObject<HTMLElement | null>,
  onFile: (file: File | undefined) => void,
): boolean {
  const [over, setOver] = useState(false)
  const latest = useRef(onFile)
  useEffect(() => {
    latest.current = onFile
  })
  useEffect(() => {
    const target = inside.current?.closest<HTMLElement>('.screen')
    if (!target) return
    const isFile = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false
    const hold = (event: DragEvent) => {
      if (!isFile(event)) return
      event.preventDefault()
      setOver(true)
    }
    const leave = (event: DragEvent) => {
      if (!target.contains(event.relatedTarget as Node | null)) setOver(false)
    }
    const drop = (event: DragEvent) => {
      if (!isFile(event)) return
      event.preventDefault()
      setOver(false)
      latest.current(event.dataTransfer?.files[0])
    }
    target.addEventListener('dragover', hold)
    target.addEventListener('dragleave', leave)
    target.addEventListener('drop', drop)
    return () => {
      target.removeEventListener('dragover', hold)
      target.removeEventListener('dragleave', leave)
      target.removeEventListener('drop', drop)
    }
  }, [inside])
  return over
}
