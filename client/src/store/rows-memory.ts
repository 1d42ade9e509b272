/** Rows in memory: for Node clients that keep nothing, and for tests. Lives as long as the object. */
import { ClientError } from '../errors.ts'
import { type Applied, type Batch, type Row, type RowQuery, type Rows, sameRevision } from './rows.ts'

/** What survives closing and reopening: hand the same one to a second `openMemoryRows` for a second "tab". */
export interface MemoryDisk {
  tables: Map<string, Map<string, Row>>
  fence: number
}

export function createMemoryDisk(): MemoryDisk {
  return { tables: new Map(), fence: 0 }
}

export function openMemoryRows(disk: MemoryDisk = createMemoryDisk()): Rows {
  let closed = false
  const table = (name: string): Map<string, Row> => {
    if (closed) throw new ClientError('locked')
    const known = disk.tables.get(name)
    if (known !== undefined) return known
    const made = new Map<string, Row>()
    disk.tables.set(name, made)
    return made
  }
  return {
    read: async (name, keys) => keys.map((key) => table(name).get(key)),
    list: async (name, query) => select([...table(name).values()], query),
    count: async (name, group) =>
      group === undefined
        ? table(name).size
        : [...table(name).values()].filter((row) => row.group === group).length,
    apply: async (batch) => applyTo(disk, table, batch),
    raiseFence: async () => {
      if (closed) throw new ClientError('locked')
      disk.fence += 1
      return disk.fence
    },
    close: () => {
      closed = true
    },
  }
}

function applyTo(disk: MemoryDisk, table: (name: string) => Map<string, Row>, batch: Batch): Applied {
  if (batch.fence !== undefined && batch.fence !== disk.fence) return 'not_owner'
  for (const read of batch.unchanged ?? []) {
    if (!sameRevision(table(read.table).get(read.key)?.sealed, read.sealed)) return 'conflict'
  }
  for (const change of batch.changes) {
    if ('row' in change) table(change.table).set(change.row.key, change.row)
    else table(change.table).delete(change.removeKey)
  }
  return 'applied'
}

function select(rows: Row[], query: RowQuery): Row[] {
  const { group, afterOrder = -Infinity, beforeOrder = Infinity, limit = Infinity } = query
  const found = rows.filter(
    (row) =>
      (group === undefined || row.group === group) && row.order > afterOrder && row.order < beforeOrder,
  )
  found.sort((a, b) => a.order - b.order || (a.key < b.key ? -1 : 1))
  if (query.reverse) found.reverse()
  return found.slice(0, limit)
}
