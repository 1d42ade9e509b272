/**
 * A layer over a transaction: what one step writes reaches the transaction only if the step succeeds. So a message
 * that is refused half-way leaves no trace among the others that are committed with it.
 */
import type { Transaction } from '../store/record-store.ts'
import type { TableName, Tables } from '../store/schema.ts'

export interface Overlay extends Transaction {
  /** Hands everything written so far to the transaction beneath. */
  flush(): void
}

export function createOverlay(beneath: Transaction): Overlay {
  const written = new Map<string, { value: unknown; apply: () => void }>()
  return {
    get: async <T extends TableName>(table: T, key: string) => {
      const own = written.get(`${table} ${key}`)
      // The map holds under this name only what was put as a value of `table`.
      return own === undefined ? beneath.get(table, key) : (own.value as Tables[T] | undefined)
    },
    put: (table, key, value, place) => {
      written.set(`${table} ${key}`, { value, apply: () => beneath.put(table, key, value, place) })
    },
    remove: (table, key, group) => {
      written.set(`${table} ${key}`, {
        value: undefined,
        apply: () => beneath.remove(table, key, group),
      })
    },
    flush: () => {
      for (const { apply } of written.values()) apply()
      written.clear()
    },
  }
}
