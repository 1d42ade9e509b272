/** Locks over `navigator.locks`. Source: W3C Web Locks API. The browser frees them when a tab or worker ends. */
import type { Locks } from './locks.ts'

export function createWebLocks(manager: LockManager): Locks {
  return {
    request: (name, holder) => {
      const waiting = new AbortController()
      let released = false
      let release = () => waiting.abort()
      const holding = manager.request(name, { mode: 'exclusive', signal: waiting.signal }, () => {
        if (released) return undefined
        const until = new Promise<void>((resolve) => {
          release = resolve
        })
        holder.held()
        return until
      })
      // Rejects when we left the queue, or when somebody stole the lock.
      holding.catch(() => {
        if (!released) holder.taken()
      })
      return () => {
        released = true
        release()
      }
    },
  }
}
