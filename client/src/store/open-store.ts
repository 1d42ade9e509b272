/**
 * `RecordStore` over any back end: names and seals on the way in, opens on the way out. Everything is sealed
 * before the back end's transaction begins, for an IndexedDB transaction ends at the first await of something else.
 * Not concerned with locks, nor with who may own the ratchets.
 */
import { ClientError } from '../errors.ts'
import { createChangeFeed, type NewsChannel } from './change-feed.ts'
import { createRecordCipher, type RecordCipher } from './record-cipher.ts'
import { decodeRecord, encodeRecord } from './record-codec.ts'
import type {
  Change,
  CommitOptions,
  ListQuery,
  RecordStore,
  Stored,
  TableChange,
  Transaction,
} from './record-store.ts'
import type { Row, RowChange, RowRead, Rows } from './rows.ts'
import { openMemoryRows } from './rows-memory.ts'
import type { TableName, Tables } from './schema.ts'
import { createTransaction, type TransactionReads } from './transaction.ts'

/** Beyond this many lost races something is writing in a loop. */
const MAX_ATTEMPTS = 50

export interface OpenStoreOptions {
  rows: Rows
  /** 32 bytes. */
  dataKey: Uint8Array
  /** To and from the other tabs of this account. */
  channel?: NewsChannel
}

/** A store that forgets everything with the process. For tests and for Node clients that keep nothing. */
export function openMemoryStore(rows: Rows = openMemoryRows()): Promise<RecordStore> {
  return openRecordStore({ rows, dataKey: crypto.getRandomValues(new Uint8Array(32)) })
}

export async function openRecordStore(options: OpenStoreOptions): Promise<RecordStore> {
  const { rows } = options
  const cipher = await createRecordCipher(options.dataKey)
  const feed = createChangeFeed(cipher, options.channel)

  const readRows = async (table: TableName, keys: readonly string[]) =>
    rows.read(table, await Promise.all(keys.map((key) => cipher.name('key', table, key))))
  const getMany = async <T extends TableName>(table: T, keys: readonly string[]) => {
    const found = await readRows(table, keys)
    return Promise.all(
      found.map(async (row) => (row === undefined ? undefined : (await openRow(cipher, table, row)).value)),
    )
  }
  const apply = async (changes: readonly Change[], options: CommitOptions, unchanged: readonly RowRead[]) => {
    const sealed = await Promise.all(changes.map((change) => sealChange(cipher, change)))
    const { fence } = options
    const applied = await rows.apply({
      changes: sealed,
      unchanged,
      ...(fence === undefined ? {} : { fence }),
    })
    if (applied === 'not_owner') throw new ClientError('not_owner')
    if (applied === 'applied' && changes.length > 0) feed.publish(newsOf(changes))
    return applied
  }

  return {
    get: async (table, key) => (await getMany(table, [key]))[0],
    getMany,
    list: async (table, query = {}) => {
      const found = await rows.list(table, await opaqueQuery(cipher, table, query))
      return Promise.all(found.map((row) => openRow(cipher, table, row)))
    },
    count: async (table, group) =>
      rows.count(table, group === undefined ? undefined : await cipher.name('group', table, group)),
    commit: async (changes, options = {}) => {
      await apply(changes, options, [])
    },
    transact: async <R>(work: (transaction: Transaction) => Promise<R>, options: CommitOptions = {}) => {
      for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
        const reads: TransactionReads = {
          read: async (table, key) => {
            const opaque = await cipher.name('key', table, key)
            const [row] = await rows.read(table, [opaque])
            const value = row === undefined ? undefined : (await openRow(cipher, table, row)).value
            return { value, read: { table, key: opaque, sealed: row?.sealed } }
          },
        }
        const { transaction, changes, unchanged } = createTransaction(reads)
        const result = await work(transaction)
        if ((await apply(changes(), options, unchanged())) === 'applied') return result
      }
      throw new ClientError('internal')
    },
    onChange: (listener) => feed.listen(listener),
    close: () => {
      feed.close()
      rows.close()
    },
  }
}

async function openRow<T extends TableName>(cipher: RecordCipher, table: T, row: Row): Promise<Stored<T>> {
  const record = decodeRecord(await cipher.open(table, row))
  // It opened in its place under the data key: we wrote it, as a value of this table.
  return { key: record.key, group: record.group, order: row.order, value: record.value as Tables[T] }
}

async function sealChange(cipher: RecordCipher, change: Change): Promise<RowChange> {
  const { table } = change
  if ('remove' in change) return { table, removeKey: await cipher.name('key', table, change.key) }
  const group = change.group ?? ''
  // Encoded before the first await: what the caller does to the value afterwards does not matter.
  const plain = encodeRecord({ key: change.key, group, value: change.value })
  const [key, opaqueGroup] = await Promise.all([
    cipher.name('key', table, change.key),
    cipher.name('group', table, group),
  ])
  return {
    table,
    row: await cipher.seal(table, { key, group: opaqueGroup, order: change.order ?? 0 }, plain),
  }
}

async function opaqueQuery(cipher: RecordCipher, table: TableName, query: ListQuery) {
  const { group, ...rest } = query
  return group === undefined ? rest : { ...rest, group: await cipher.name('group', table, group) }
}

function newsOf(changes: readonly Change[]): TableChange[] {
  const news = new Map<string, TableChange>()
  for (const { table, group = '' } of changes) news.set(`${table} ${group}`, { table, group })
  return [...news.values()]
}
