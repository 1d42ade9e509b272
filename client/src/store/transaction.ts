/**
 * The reads and writes of one optimistic transaction, kept until its commit. Not concerned with retrying.
 */
import { type Change, put, remove, type Transaction } from './record-store.ts'
import type { RowRead } from './rows.ts'
import type { TableName, Tables } from './schema.ts'

export interface TransactionReads {
  read<T extends TableName>(table: T, key: string): Promise<{ value: Tables[T] | undefined; read: RowRead }>
}

export function createTransaction(reads: TransactionReads) {
  const written = new Map<string, Change>()
  const seen = new Map<string, { value: unknown; read: RowRead }>()
  const transaction: Transaction = {
    get: async <T extends TableName>(table: T, key: string) => {
      const place = `${table} ${key}`
      const own = written.get(place)
      // Both maps hold under this place only what was put or read as a value of `table`.
      if (own !== undefined) return 'remove' in own ? undefined : (own.value as Tables[T])
      const known = seen.get(place) ?? (await reads.read(table, key))
      seen.set(place, known)
      return known.value as Tables[T] | undefined
    },
    put: (table, key, value, position) => {
      written.set(`${table} ${key}`, put(table, key, value, position))
    },
    remove: (table, key, group) => {
      written.set(`${table} ${key}`, remove(table, key, group))
    },
  }
  return {
    transaction,
    changes: () => [...written.values()],
    unchanged: () => [...seen.values()].map((entry) => entry.read),
  }
}
