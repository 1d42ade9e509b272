/** Rows in a SQLite file, for Node clients that must survive a crash. Not concerned with sealing. */
import { z } from 'zod'
import { ClientError } from '../errors.ts'
import { type Applied, type Batch, type Row, type RowQuery, type Rows, sameRevision } from '../store/rows.ts'
import { openSqliteFile, type SqliteFile } from './sqlite.ts'

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS rows (
    tbl TEXT NOT NULL, key TEXT NOT NULL, grp TEXT NOT NULL, ord INTEGER NOT NULL, sealed BLOB NOT NULL,
    PRIMARY KEY (tbl, key)) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS rows_by_order ON rows (tbl, ord, key);
  CREATE INDEX IF NOT EXISTS rows_by_group ON rows (tbl, grp, ord, key);
  CREATE TABLE IF NOT EXISTS control (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
  INSERT OR IGNORE INTO control VALUES ('fence', 0);
`
const COLUMNS = 'key, grp AS "group", ord AS "order", sealed'

const storedRow: z.ZodType<Row> = z.object({
  key: z.string(),
  group: z.string(),
  order: z.number().int(),
  sealed: z.instanceof(Uint8Array),
})
const storedNumber = z.tuple([z.object({ value: z.number().int() })])

export function openSqliteRows(file: string): Rows {
  const sqlite = openSqliteFile(file, SCHEMA)
  const readOne = (table: string, key: string): Row | undefined =>
    parseRows(sqlite.all(`SELECT ${COLUMNS} FROM rows WHERE tbl = ? AND key = ?`, table, key))[0]
  const readFence = () => numberOf(sqlite.all(`SELECT value FROM control WHERE name = 'fence'`))
  return {
    read: async (table, keys) => keys.map((key) => readOne(table, key)),
    list: async (table, query) => list(sqlite, table, query),
    count: async (table, group) =>
      numberOf(
        group === undefined
          ? sqlite.all('SELECT count(*) AS value FROM rows WHERE tbl = ?', table)
          : sqlite.all('SELECT count(*) AS value FROM rows WHERE tbl = ? AND grp = ?', table, group),
      ),
    apply: async (batch) =>
      sqlite.write((): Applied => {
        if (batch.fence !== undefined && batch.fence !== readFence()) return 'not_owner'
        for (const { table, key, sealed } of batch.unchanged ?? []) {
          if (!sameRevision(readOne(table, key)?.sealed, sealed)) return 'conflict'
        }
        writeAll(sqlite, batch)
        return 'applied'
      }),
    raiseFence: async () =>
      sqlite.write(() => {
        sqlite.run(`UPDATE control SET value = value + 1 WHERE name = 'fence'`)
        return readFence()
      }),
    close: () => sqlite.close(),
  }
}

function writeAll(sqlite: SqliteFile, batch: Batch): void {
  for (const change of batch.changes) {
    if ('row' in change) {
      const { key, group, order, sealed } = change.row
      sqlite.run(
        'INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?, ?)',
        change.table,
        key,
        group,
        order,
        sealed,
      )
    } else {
      sqlite.run('DELETE FROM rows WHERE tbl = ? AND key = ?', change.table, change.removeKey)
    }
  }
}

function list(sqlite: SqliteFile, table: string, query: RowQuery): Row[] {
  const { group, afterOrder, beforeOrder, limit = -1, reverse } = query
  const where = ['tbl = ?']
  const values: (string | number)[] = [table]
  const narrow = (condition: string, value: string | number | undefined) => {
    if (value === undefined) return
    where.push(condition)
    values.push(value)
  }
  narrow('grp = ?', group)
  narrow('ord > ?', afterOrder)
  narrow('ord < ?', beforeOrder)
  const direction = reverse ? 'DESC' : 'ASC'
  const order = `ORDER BY ord ${direction}, key ${direction} LIMIT ?`
  return parseRows(
    sqlite.all(`SELECT ${COLUMNS} FROM rows WHERE ${where.join(' AND ')} ${order}`, ...values, limit),
  )
}

function parseRows(found: unknown[]): Row[] {
  const parsed = z.array(storedRow).safeParse(found)
  if (!parsed.success) throw new ClientError('storage_damaged')
  return parsed.data
}

function numberOf(found: unknown): number {
  const parsed = storedNumber.safeParse(found)
  if (!parsed.success) throw new ClientError('storage_damaged')
  return parsed.data[0].value
}
