/** Sign-in tickets in SQLite. */
import type { PersonId } from '@pli/protocol/wire'
import type { Ticket, TicketKind, TicketStore } from '../interfaces.ts'
import type { Database } from './database.ts'

interface TicketRow {
  kind: string
  hash: Uint8Array
  person_id: string
  value: string
  expires_at_ms: number
}

export function embeddedTickets(database: Database): TicketStore {
  const put = database.prepare(
    'INSERT OR REPLACE INTO tickets (kind, hash, person_id, value, expires_at_ms) VALUES (?, ?, ?, ?, ?)',
  )
  const take = database.prepare<TicketRow>(
    'DELETE FROM tickets WHERE kind = ? AND hash = ? AND expires_at_ms > ? RETURNING *',
  )
  const read = database.prepare<TicketRow>(
    'SELECT * FROM tickets WHERE kind = ? AND hash = ? AND expires_at_ms > ?',
  )
  const remove = database.prepare('DELETE FROM tickets WHERE kind = ? AND hash = ?')
  const sweep = database.prepare('DELETE FROM tickets WHERE expires_at_ms <= ?')

  return {
    put: ({ kind, hash, personId, value, expiresAtMs }) =>
      database.write(() => {
        put.run(kind, hash, personId, value, expiresAtMs)
      }),
    take: (kind, hash, nowMs) => database.write(() => toTicket(take.get(kind, hash, nowMs))),
    read: (kind, hash, nowMs) => database.read(() => toTicket(read.get(kind, hash, nowMs))),
    delete: (kind, hash) =>
      database.write(() => {
        remove.run(kind, hash)
      }),
    sweep: (nowMs) => database.write(() => sweep.run(nowMs)),
  }
}

function toTicket(row: TicketRow | undefined): Ticket | undefined {
  if (!row) return undefined
  return {
    kind: row.kind as TicketKind,
    hash: row.hash,
    personId: row.person_id as PersonId,
    value: row.value,
    expiresAtMs: row.expires_at_ms,
  }
}
