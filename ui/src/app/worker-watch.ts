/**
 * Whether the messenger's worker still answers. An error in it need not be its end, and its end need not be an error
 * (a phone short of memory says nothing): so it is asked something small.
 */
import type { Live, Pli } from '@pli/client'

/** Longer than the slowest thing that keeps it from answering: stretching a PIN on an old phone. */
const ANSWERS_WITHIN_MS = 15_000

/** Its value is true once the worker is known to be gone; it never comes back. */
export function watchWorker(worker: Worker, pli: Pli): Live<boolean> {
  let stopped = false
  let asking = false
  const listeners = new Set<() => void>()
  const ask = async () => {
    if (asking || stopped) return
    asking = true
    const answers = await isAnswering(pli)
    asking = false
    if (answers) return
    stopped = true
    for (const listener of listeners) listener()
  }
  worker.addEventListener('error', ask)
  worker.addEventListener('messageerror', ask)
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void ask()
  })
  return {
    get: () => stopped,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

async function isAnswering(pli: Pli): Promise<boolean> {
  // A refusal is an answer too.
  const answer = pli.pendingRegistration().then(
    () => true,
    () => true,
  )
  const silence = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), ANSWERS_WITHIN_MS))
  return Promise.race([answer, silence])
}
