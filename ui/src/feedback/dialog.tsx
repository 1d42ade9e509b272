/**
 * A question that must be answered before going on, in a native `<dialog>`: the browser keeps the focus inside, closes
 * on Escape, and gives the focus back.
 */
import { type ReactNode, useEffect, useId, useRef } from 'react'
import { useTask } from '../hooks/use-task.ts'
import { useSpeech } from '../i18n/language.tsx'
import { FailedLine } from './states.tsx'

export function Dialog(props: { title: string; onClose: () => void; children: ReactNode; sheet?: boolean }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  const { onClose } = props
  const latest = useRef(onClose)
  useEffect(() => {
    latest.current = onClose
  }, [onClose])
  useEffect(() => {
    const element = dialog.current
    if (!element) return
    // A close that was followed by another opening (React mounts twice in development) is not the person's.
    const close = () => !element.open && latest.current()
    element.addEventListener('close', close)
    element.showModal()
    return () => {
      // Closing gives the focus back; it is not the person's doing, so nobody is told.
      element.removeEventListener('close', close)
      element.close()
    }
  }, [])
  return (
    <dialog ref={dialog} className={props.sheet ? 'dialog sheet-dialog' : 'dialog'} aria-labelledby={titleId}>
      <h2 id={titleId}>{props.title}</h2>
      {props.children}
    </dialog>
  )
}

/** Asks before an act; stays open and says why when the act fails. */
export function ConfirmDialog(props: {
  title: string
  text: string
  confirm: string
  urgent?: boolean
  act: () => Promise<unknown>
  onClose: () => void
}) {
  const { t } = useSpeech()
  const task = useTask()
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <p>{props.text}</p>
      <FailedLine error={task.failure} />
      <div className="dialog__actions">
        <button type="button" className="btn btn--quiet" onClick={props.onClose}>
          {t('common.cancel')}
        </button>
        <button
          type="button"
          className={props.urgent ? 'btn btn--urgent' : 'btn btn--primary'}
          aria-busy={task.busy}
          onClick={async () => {
            if (await task.run(props.act)) props.onClose()
          }}
        >
          {props.confirm}
        </button>
      </div>
    </Dialog>
  )
}
