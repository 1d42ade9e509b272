/**
 * A live value whose original is in the worker: watched only while somebody here subscribes; keeps the last
 * snapshot for whoever asks next.
 */
import type { Live } from '../api.ts'
import { shareStructure } from './share-structure.ts'

/** Starts the flow of values into `push`; returns the way to stop it. */
export type Watch = (push: (value: unknown) => void) => () => void

/** After the last subscriber left: a screen that is drawn anew subscribes again at once. */
const LINGER_MS = 1_000

export function createRemoteLive<T>(watch: Watch): Live<T> {
  const listeners = new Set<{ call: () => void }>()
  let current: T | undefined
  let stop: (() => void) | undefined
  let lingering: ReturnType<typeof setTimeout> | undefined
  const push = (value: unknown) => {
    // What comes over the port is what the worker's typed value was.
    const next = shareStructure(current, value as T)
    if (Object.is(next, current)) return
    current = next
    for (const listener of [...listeners]) listener.call()
  }
  return {
    get: () => current,
    subscribe: (call) => {
      const listener = { call }
      listeners.add(listener)
      clearTimeout(lingering)
      stop ??= watch(push)
      return () => {
        if (!listeners.delete(listener) || listeners.size > 0) return
        lingering = setTimeout(() => {
          if (listeners.size > 0) return
          stop?.()
          stop = undefined
        }, LINGER_MS)
      }
    },
  }
}
