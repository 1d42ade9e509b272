/**
 * Where sealed rows lie: the one interface that every back end implements (memory, IndexedDB, SQLite in Node).
 * A back end sees a table name, an opaque key, an opaque group, an integer order and ciphertext, never a value.
 * Not concerned with sealing (`record-cipher.ts`).
 */

export interface Row {
  /** 22 characters: HMAC of table and key. */
  key: string
  /** 22 characters: HMAC of table and group. */
  group: string
  order: number
  /** Nonce (12 bytes), ciphertext, tag (16 bytes). The nonce is fresh for every write: it names the revision. */
  sealed: Uint8Array
}

export interface RowRead {
  table: string
  key: string
  /** The row's ciphertext as it was read; undefined when there was none. */
  sealed: Uint8Array | undefined
}

export type RowChange = { table: string; row: Row } | { table: string; removeKey: string }

export interface Batch {
  changes: readonly RowChange[]
  /** Refused with `not_owner` unless it is the number that was raised last. */
  fence?: number
  /** Refused with `conflict` when one of these is not as it was. */
  unchanged?: readonly RowRead[]
}

export interface RowQuery {
  /** Opaque group. */
  group?: string
  afterOrder?: number
  beforeOrder?: number
  limit?: number
  reverse?: boolean
}

export type Applied = 'applied' | 'not_owner' | 'conflict'

export interface Rows {
  /** In the order of `keys`. */
  read(table: string, keys: readonly string[]): Promise<(Row | undefined)[]>
  list(table: string, query: RowQuery): Promise<Row[]>
  count(table: string, group?: string): Promise<number>
  /** Atomic, and durable when it resolves. Throws `storage_full`. */
  apply(batch: Batch): Promise<Applied>
  /** Adds one to the fencing number and returns it; durable. */
  raiseFence(): Promise<number>
  /** Every later call throws `locked`. */
  close(): void
}

/** Whether two reads of a row saw the same revision. Bytes 0–11 are the nonce. */
export function sameRevision(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  for (let at = 0; at < 12; at += 1) if (a[at] !== b[at]) return false
  return true
}
