/** `Live` values inside the client: something holds the latest and tells whoever subscribed. */
import type { Live } from '../api.ts'

export interface LiveValue<T> extends Live<T> {
  /** Tells the subscribers, unless it is the very same value. */
  set(value: T): void
}

/**
 * `onFirst` runs when the first subscriber comes and may return what to run when the last one has gone: for views
 * that cost something to keep up to date.
 */
export function createLive<T>(first?: T, onFirst?: () => (() => void) | undefined): LiveValue<T> {
  const listeners = new Set<{ call: () => void }>()
  let current = first
  let stop: (() => void) | undefined
  return {
    get: () => current,
    set: (value) => {
      if (Object.is(value, current)) return
      current = value
      for (const listener of [...listeners]) listener.call()
    },
    subscribe: (call) => {
      // Wrapped, so that one function subscribed twice counts twice.
      const listener = { call }
      listeners.add(listener)
      if (listeners.size === 1) stop = onFirst?.()
      return () => {
        if (!listeners.delete(listener) || listeners.size > 0) return
        stop?.()
        stop = undefined
      }
    },
  }
}
