/** Sign-in tickets in MongoDB: of any number of takers, `findOneAndDelete` serves one. */
import type { Ticket, TicketKind, TicketStore } from '../interfaces.ts'
import type { TicketDocument } from './documents.ts'
import type { Models } from './models.ts'

export function mongoTickets({ tickets }: Models): TicketStore {
  const idOf = (kind: TicketKind, hash: Uint8Array) => `${kind}:${Buffer.from(hash).toString('hex')}`
  const valid = (kind: TicketKind, hash: Uint8Array, nowMs: number) => ({
    _id: idOf(kind, hash),
    expiresAt: { $gt: new Date(nowMs) },
  })

  return {
    async put({ kind, hash, personId, value, expiresAtMs }) {
      const expiresAt = new Date(expiresAtMs)
      const fields = { kind, hash: Buffer.from(hash), personId, value, expiresAt }
      await tickets.updateOne({ _id: idOf(kind, hash) }, { $set: fields }, { upsert: true })
    },
    async take(kind, hash, nowMs) {
      return toTicket(await tickets.findOneAndDelete(valid(kind, hash, nowMs)).lean())
    },
    async read(kind, hash, nowMs) {
      return toTicket(await tickets.findOne(valid(kind, hash, nowMs)).lean())
    },
    async delete(kind, hash) {
      await tickets.deleteOne({ _id: idOf(kind, hash) })
    },
    async sweep(nowMs) {
      return (await tickets.deleteMany({ expiresAt: { $lte: new Date(nowMs) } })).deletedCount
    },
  }
}

function toTicket(document: TicketDocument | null): Ticket | undefined {
  if (!document) return undefined
  const { kind, hash, personId, value, expiresAt } = document
  return { kind, hash, personId, value, expiresAtMs: expiresAt.getTime() }
}
