/**
 * The few things of SQLite that the Node store needs, over `libsql`: durable files, statements that take and give
 * Uint8Array, errors as this package's codes. Not concerned with any table.
 */
import Engine from 'libsql'
import { ClientError } from '../errors.ts'

type SqlValue = string | number | Uint8Array

export interface SqliteFile {
  all(sql: string, ...values: SqlValue[]): Record<string, unknown>[]
  run(sql: string, ...values: SqlValue[]): void
  /** One transaction, durable when it returns; nothing is written when `work` throws. */
  write<T>(work: () => T): T
  close(): void
}

const BUSY_TIMEOUT_MS = 5_000

/** Runs `schema` (idempotent statements) first. Throws `storage_full`, `storage_damaged`. */
export function openSqliteFile(file: string, schema: string): SqliteFile {
  const engine = guardSqlite(() => {
    const opened = new Engine(file)
    opened.pragma(`busy_timeout = ${BUSY_TIMEOUT_MS}`)
    opened.pragma('journal_mode = WAL')
    opened.pragma('synchronous = FULL')
    opened.pragma('secure_delete = ON')
    opened.exec(schema)
    return opened
  })
  const statements = new Map<string, ReturnType<typeof engine.prepare>>()
  let closed = false
  const prepared = (sql: string) => {
    if (closed) throw new ClientError('locked')
    const statement = statements.get(sql) ?? engine.prepare(sql)
    statements.set(sql, statement)
    return statement
  }
  // libsql takes a lone object for named parameters, and a byte array is one: values always go in an array.
  const all = (sql: string, ...values: SqlValue[]) =>
    guardSqlite(() => prepared(sql).all(values).map(withByteArrays))
  const run = (sql: string, ...values: SqlValue[]) =>
    guardSqlite(() => {
      prepared(sql).run(values)
    })
  const write = <T>(work: () => T): T => {
    run('BEGIN IMMEDIATE')
    try {
      const result = work()
      run('COMMIT')
      return result
    } catch (error) {
      if (engine.inTransaction) engine.exec('ROLLBACK')
      throw error
    }
  }
  return {
    all,
    run,
    write,
    close: () => {
      if (closed) return
      closed = true
      statements.clear()
      engine.close()
    },
  }
}

export function guardSqlite<T>(work: () => T): T {
  try {
    return work()
  } catch (cause) {
    if (!(cause instanceof Engine.SqliteError)) throw cause
    throw new ClientError(cause.code === 'SQLITE_FULL' ? 'storage_full' : 'storage_damaged')
  }
}

function withByteArrays(row: unknown): Record<string, unknown> {
  const columns: Record<string, unknown> = { ...(row as object) }
  for (const [name, value] of Object.entries(columns)) {
    if (value instanceof ArrayBuffer) columns[name] = new Uint8Array(value)
    // A Buffer is a view of memory shared with others: what leaves here is a plain copy.
    else if (value instanceof Uint8Array) columns[name] = new Uint8Array(value)
  }
  return columns
}
