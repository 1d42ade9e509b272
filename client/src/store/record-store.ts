/**
 * One account's records on this device, as the rest of the client sees them: typed values in tables, atomic
 * batches, optimistic transactions, news of changes. Every value is sealed before it reaches a back end.
 * Not concerned with where rows lie (`rows.ts`), nor with who holds the key (`vault/`).
 */
import type { TableName, Tables } from './schema.ts'

/** One row to write or to remove. Build with `put` and `remove`. */
export type Change = { [T in TableName]: Put<T> | Remove<T> }[TableName]

export interface Put<T extends TableName> {
  table: T
  key: string
  value: Tables[T]
  /** Position in `list`; an integer that lies in the clear. 0 by default. */
  order?: number
  /** What `list` can be narrowed to; opaque at rest. '' by default. */
  group?: string
}

export interface Remove<T extends TableName> {
  table: T
  key: string
  remove: true
  /** Names the group in the news of this change; not needed to find the row. */
  group?: string
}

export interface Stored<T extends TableName> {
  key: string
  order: number
  group: string
  value: Tables[T]
}

export interface ListQuery {
  group?: string
  /** Both bounds exclude. Give rows of one group orders of their own where pages are walked. */
  afterOrder?: number
  beforeOrder?: number
  limit?: number
  /** Highest order first. */
  reverse?: boolean
}

export interface CommitOptions {
  /** The fencing number of the owner that writes. A stale one: `not_owner`, and nothing is written. */
  fence?: number
}

/** What changed in one commit, wherever it was made: this tab or another. */
export interface TableChange {
  table: TableName
  group: string
}

/** Reads go through it so that the commit can tell whether they still hold. */
export interface Transaction {
  get<T extends TableName>(table: T, key: string): Promise<Tables[T] | undefined>
  /** Sees what this transaction has put or removed itself. */
  put<T extends TableName>(
    table: T,
    key: string,
    value: Tables[T],
    place?: { order?: number; group?: string },
  ): void
  remove(table: TableName, key: string, group?: string): void
}

/**
 * Errors of every method: `locked` after `close`, `storage_damaged` for a record that does not open under its
 * key, `storage_full`.
 */
export interface RecordStore {
  get<T extends TableName>(table: T, key: string): Promise<Tables[T] | undefined>
  /** In the order of `keys`. */
  getMany<T extends TableName>(table: T, keys: readonly string[]): Promise<(Tables[T] | undefined)[]>
  /** Lowest order first unless `reverse`; ties in no order that means anything. */
  list<T extends TableName>(table: T, query?: ListQuery): Promise<Stored<T>[]>
  count(table: TableName, group?: string): Promise<number>

  /** All or nothing, durable when it resolves. Values are sealed when this is called: mutate them no more. */
  commit(changes: readonly Change[], options?: CommitOptions): Promise<void>
  /**
   * Reads, then writes in one commit, provided that nothing read has changed meanwhile (in this tab or another):
   * otherwise `work` runs again with fresh reads. `work` must therefore do nothing but read and put.
   */
  transact<R>(work: (transaction: Transaction) => Promise<R>, options?: CommitOptions): Promise<R>

  /** Called after every commit, here or in another tab. Returns the way to stop. */
  onChange(listener: (changes: readonly TableChange[]) => void): () => void
  close(): void
}

export function put<T extends TableName>(
  table: T,
  key: string,
  value: Tables[T],
  place: { order?: number; group?: string } = {},
): Change {
  // The union is by table; a generic T is one of its members, which the compiler cannot see.
  return { table, key, value, ...place } as Change
}

export function remove<T extends TableName>(table: T, key: string, group?: string): Change {
  return { table, key, remove: true, ...(group === undefined ? {} : { group }) } as Change
}
