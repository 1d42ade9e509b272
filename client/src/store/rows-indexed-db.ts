/**
 * Rows in IndexedDB: one database per account under an opaque name, one object store per table, batches in a
 * single read-write transaction with strict durability. Source: Indexed Database API 3.0.
 * Not concerned with sealing: every value is ciphertext before it comes here.
 */
import { deleteDB, type IDBPDatabase, type IDBPTransaction, openDB } from 'idb'
import { z } from 'zod'
import { ClientError } from '../errors.ts'
import { guardIndexedDb } from './indexed-db-errors.ts'
import {
  type Applied,
  type Batch,
  type Row,
  type RowChange,
  type RowQuery,
  type Rows,
  sameRevision,
} from './rows.ts'
import { SCHEMA_VERSION, tableNames } from './schema.ts'

const BY_ORDER = 'byOrder'
const BY_GROUP = 'byGroup'
/** Out-of-line keys; holds the fencing number. */
const CONTROL = 'control'
const FENCE = 'fence'

const storedRow: z.ZodType<Row> = z.object({
  key: z.string(),
  group: z.string(),
  order: z.number().int(),
  sealed: z.instanceof(Uint8Array),
})
const storedFence = z.number().int().default(0)

/** Another tab that holds an older version is asked to close, and does. Throws `storage_full`, `storage_damaged`. */
export async function openIndexedDbRows(databaseName: string): Promise<Rows> {
  const database = await guardIndexedDb(() =>
    openDB(databaseName, SCHEMA_VERSION, {
      upgrade: createMissingStores,
      // Somebody erases the account, or a newer version of this app opens it: never stand in the way.
      blocking: (_current, _blocked, event) => {
        if (event.target instanceof IDBDatabase) event.target.close()
      },
    }),
  )
  let closed = false
  const open = (): IDBPDatabase => {
    if (closed) throw new ClientError('locked')
    return database
  }
  return {
    read: (table, keys) => guardIndexedDb(() => read(open(), table, keys)),
    list: (table, query) => guardIndexedDb(() => list(open(), table, query)),
    count: (table, group) =>
      guardIndexedDb(() =>
        group === undefined
          ? open().count(table)
          : open().countFromIndex(table, BY_GROUP, IDBKeyRange.bound([group], [group, []])),
      ),
    apply: (batch) => guardIndexedDb(() => apply(open(), batch)),
    raiseFence: () => guardIndexedDb(() => raiseFence(open())),
    close: () => {
      closed = true
      database.close()
    },
  }
}

/** Waits until every other tab has let go of it. */
export async function eraseIndexedDbRows(databaseName: string): Promise<void> {
  await guardIndexedDb(() => deleteDB(databaseName))
}

function createMissingStores(database: IDBPDatabase): void {
  if (!database.objectStoreNames.contains(CONTROL)) database.createObjectStore(CONTROL)
  for (const table of tableNames) {
    if (database.objectStoreNames.contains(table)) continue
    const store = database.createObjectStore(table, { keyPath: 'key' })
    store.createIndex(BY_ORDER, 'order')
    store.createIndex(BY_GROUP, ['group', 'order'])
  }
}

async function read(database: IDBPDatabase, table: string, keys: readonly string[]) {
  const { store } = database.transaction(table)
  const found = await Promise.all(keys.map((key) => store.get(key)))
  return found.map((row) => (row === undefined ? undefined : parseRow(row)))
}

async function list(database: IDBPDatabase, table: string, query: RowQuery): Promise<Row[]> {
  const { afterOrder = -Infinity, beforeOrder = Infinity, limit, reverse } = query
  if (afterOrder >= beforeOrder || limit === 0) return []
  const range = rangeOf(query.group, afterOrder, beforeOrder)
  const index = database.transaction(table).store.index(query.group === undefined ? BY_ORDER : BY_GROUP)
  if (!reverse) return (await index.getAll(range, limit)).map(parseRow)
  if (limit === undefined) return (await index.getAll(range)).map(parseRow).reverse()
  const rows: Row[] = []
  let cursor = await index.openCursor(range, 'prev')
  while (cursor !== null && rows.length < limit) {
    rows.push(parseRow(cursor.value))
    cursor = await cursor.continue()
  }
  return rows
}

/** An array sorts above every number, so that `[group, []]` ends the group. */
function rangeOf(group: string | undefined, afterOrder: number, beforeOrder: number): IDBKeyRange {
  return group === undefined
    ? IDBKeyRange.bound(afterOrder, beforeOrder, true, true)
    : IDBKeyRange.bound([group, afterOrder], [group, beforeOrder], true, true)
}

async function apply(database: IDBPDatabase, batch: Batch): Promise<Applied> {
  const { changes, unchanged = [] } = batch
  const tables = new Set([
    CONTROL,
    ...changes.map(({ table }) => table),
    ...unchanged.map(({ table }) => table),
  ])
  const transaction = database.transaction([...tables], 'readwrite', { durability: 'strict' })
  // Looked at once at the end; until then a rejection must not count as unhandled.
  const done = transaction.done
  done.catch(() => {})
  const refusal = await check(transaction, batch)
  if (refusal !== undefined) {
    transaction.abort()
    return refusal
  }
  try {
    for (const change of changes) write(transaction, change)
  } catch (cause) {
    // Thrown on the spot (a full transaction, a value that cannot be stored): the others must not commit alone.
    await abort(transaction, cause)
  }
  await done
  return 'applied'
}

type Writing = IDBPTransaction<unknown, string[], 'readwrite'>

/** A request that fails aborts its transaction: what went wrong is learnt from `done`. */
function write(transaction: Writing, change: RowChange): void {
  const store = transaction.objectStore(change.table)
  const request: Promise<unknown> = 'row' in change ? store.put(change.row) : store.delete(change.removeKey)
  request.catch(() => {})
}

/** Throws the transaction's own error where there is one, else `cause`. */
async function abort(transaction: Writing, cause: unknown): Promise<never> {
  try {
    transaction.abort()
  } catch {
    // It had aborted already.
  }
  await transaction.done.catch(() => {})
  throw transaction.error ?? cause
}

async function check(transaction: Writing, batch: Batch): Promise<Applied | undefined> {
  if (batch.fence !== undefined) {
    const current = storedFence.parse(await transaction.objectStore(CONTROL).get(FENCE))
    if (current !== batch.fence) return 'not_owner'
  }
  const before = await Promise.all(
    (batch.unchanged ?? []).map(async ({ table, key, sealed }) => {
      const row: unknown = await transaction.objectStore(table).get(key)
      return sameRevision(row === undefined ? undefined : parseRow(row).sealed, sealed)
    }),
  )
  return before.every(Boolean) ? undefined : 'conflict'
}

async function raiseFence(database: IDBPDatabase): Promise<number> {
  const transaction = database.transaction(CONTROL, 'readwrite', { durability: 'strict' })
  const next = storedFence.parse(await transaction.store.get(FENCE)) + 1
  await Promise.all([transaction.store.put(next, FENCE), transaction.done])
  return next
}

function parseRow(value: unknown): Row {
  const parsed = storedRow.safeParse(value)
  if (!parsed.success) throw new ClientError('storage_damaged')
  return parsed.data
}
