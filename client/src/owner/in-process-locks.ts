/**
 * Locks among the parts of one process: for stores in memory, which no other process can reach, and for tests in
 * Node 20, which has no Web Locks. Not for stores that other processes can open.
 */
import type { LockHolder, Locks } from './locks.ts'

export function createInProcessLocks(): Locks {
  const queues = new Map<string, LockHolder[]>()
  return {
    request: (name, holder) => {
      const queue = queues.get(name) ?? []
      queues.set(name, queue)
      queue.push(holder)
      // Never before `request` has returned, as with the real thing.
      if (queue.length === 1) queueMicrotask(() => queue[0] === holder && holder.held())
      return () => {
        const at = queue.indexOf(holder)
        if (at === -1) return
        queue.splice(at, 1)
        const next = queue[0]
        if (at === 0 && next !== undefined) queueMicrotask(() => queue[0] === next && next.held())
      }
    },
  }
}
