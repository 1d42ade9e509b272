/**
 * Short news at the bottom of the screen, with a way back where there is one. Read out politely.
 * Not concerned with what must be decided: that is a dialog.
 */
import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from 'react'

export interface Toast {
  text: string
  action?: { label: string; run: () => void }
  /** 5 s unless said otherwise; as long as the way back lasts. */
  lastsMs?: number
}

export interface Toasts {
  show(toast: Toast): void
}

interface Shown extends Toast {
  id: number
}

const ToastsContext = createContext<Toasts | undefined>(undefined)

export function ToastsProvider(props: { children: ReactNode }) {
  const [shown, setShown] = useState<Shown[]>([])
  const nextId = useRef(1)
  const dismiss = useCallback((id: number) => setShown((all) => all.filter((toast) => toast.id !== id)), [])
  const show = useCallback(
    (toast: Toast) => {
      const id = nextId.current++
      setShown((all) => [...all.slice(-2), { ...toast, id }])
      setTimeout(() => dismiss(id), toast.lastsMs ?? 5000)
    },
    [dismiss],
  )
  const value = useMemo(() => ({ show }), [show])
  return (
    <ToastsContext value={value}>
      {props.children}
      <div className="toasts" role="status" aria-live="polite">
        {shown.map((toast) => (
          <ToastLine key={toast.id} toast={toast} onDone={() => dismiss(toast.id)} />
        ))}
      </div>
    </ToastsContext>
  )
}

function ToastLine({ toast, onDone }: { toast: Shown; onDone: () => void }) {
  const { action } = toast
  return (
    <div className={action ? 'toast' : 'toast toast--plain'}>
      <span>{toast.text}</span>
      {action && (
        <button
          type="button"
          className="btn"
          onClick={() => {
            action.run()
            onDone()
          }}
        >
          {action.label}
        </button>
      )}
    </div>
  )
}

export function useToasts(): Toasts {
  const toasts = useContext(ToastsContext)
  if (!toasts) throw new Error('no toasts above this component')
  return toasts
}
