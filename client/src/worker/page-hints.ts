/** What only a page notices, passed on to the worker. Not concerned with what the worker makes of it. */
import type { ToWorker } from './messages.ts'

/** Locking by itself counts in minutes: finer than this tells nothing more. */
const ACTIVITY_EVERY_MS = 5_000

export function passHints(send: (message: ToWorker) => void): void {
  // Beside a browser (in tests) there is nothing to notice.
  if (typeof document === 'undefined') return
  let toldAtMs = 0
  const active = () => {
    const nowMs = Date.now()
    if (Math.abs(nowMs - toldAtMs) < ACTIVITY_EVERY_MS) return
    toldAtMs = nowMs
    send({ type: 'activity' })
  }
  // `input`: what is dictated or pasted from a menu presses no key.
  for (const type of ['pointerdown', 'keydown', 'input', 'wheel', 'touchmove']) {
    addEventListener(type, active, { capture: true, passive: true })
  }
  const wake = () => send({ type: 'wake' })
  addEventListener('online', wake)
  addEventListener('pageshow', wake)
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') wake()
  })
}
