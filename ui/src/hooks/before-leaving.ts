/**
 * What must reach the messenger before this page is hidden, left or locked: pages are ended without a word, and a
 * locked account keeps nothing. Not concerned with what it is.
 */
type Keep = () => Promise<void>

/** A messenger that does not answer keeps nobody from leaving. */
const PATIENCE_MS = 3_000

const waiting = new Set<Keep>()

/** `keep` never rejects. Returns the way to take it back. */
export function keepBeforeLeaving(keep: Keep): () => void {
  if (waiting.size === 0) listen()
  waiting.add(keep)
  return () => {
    waiting.delete(keep)
    if (waiting.size === 0) stopListening()
  }
}

/** To be awaited before an account is locked by hand, or the page loaded anew. */
export async function keepAll(): Promise<void> {
  if (waiting.size === 0) return
  const patience = new Promise<void>((resolve) => setTimeout(resolve, PATIENCE_MS))
  await Promise.race([Promise.all([...waiting].map((keep) => keep())), patience])
}

function listen() {
  document.addEventListener('visibilitychange', keepWhenHidden)
  addEventListener('pagehide', keepNow)
  addEventListener('blur', keepNow)
}

function stopListening() {
  document.removeEventListener('visibilitychange', keepWhenHidden)
  removeEventListener('pagehide', keepNow)
  removeEventListener('blur', keepNow)
}

function keepWhenHidden() {
  if (document.visibilityState === 'hidden') keepNow()
}

function keepNow() {
  void keepAll()
}
