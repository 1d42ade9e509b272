/** The audit trail in SQLite; triggers refuse what would change or erase an entry. */
import type { AuditStore, StoredAuditEntry } from '../interfaces.ts'
import type { Database } from './database.ts'

interface AuditRow {
  sequence: number
  at_ms: number
  event: string
  actor: string
  subject: string
  hash: string
}

export function embeddedAudit(database: Database): AuditStore {
  const last = database.prepare<AuditRow>('SELECT * FROM audit ORDER BY sequence DESC LIMIT 1')
  const read = database.prepare<AuditRow>('SELECT * FROM audit WHERE sequence > ? ORDER BY sequence LIMIT ?')
  const insert = database.prepare(
    'INSERT INTO audit (sequence, at_ms, event, actor, subject, hash) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
  )
  return {
    last: () =>
      database.read(() => {
        const row = last.get()
        return row && toEntry(row)
      }),
    append: ({ sequence, atMs, event, actor, subject, hash }) =>
      database.write(() => insert.run(sequence, atMs, event, actor, subject, hash) > 0),
    read: (afterSequence, limit) => database.read(() => read.all(afterSequence, limit).map(toEntry)),
  }
}

function toEntry({ sequence, at_ms: atMs, event, actor, subject, hash }: AuditRow): StoredAuditEntry {
  return { sequence, atMs, event, actor, subject, hash }
}
