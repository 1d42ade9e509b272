/**
 * Purpose: who decided what, as a chain: each entry's hash covers the entry before, so that nobody takes one out or
 * changes one without changing all that follow. The head also goes to the log, which is kept elsewhere.
 * Not concerned with what is decided. Entries carry opaque ids only: no name, no reason, nothing of a patient.
 */
import { createHash } from 'node:crypto'
import { RelayError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { AuditStore, StoredAuditEntry } from '../../storage/interfaces.ts'

export type AuditEntry = Pick<StoredAuditEntry, 'event' | 'actor' | 'subject'>

export interface AuditTrail {
  append(entry: AuditEntry): Promise<void>
  /** A page of it, the first `limit` after `sequence`. */
  read(afterSequence: number, limit: number): Promise<StoredAuditEntry[]>
  /** The whole chain computed anew; `brokenAt` is the first sequence that does not follow from what was before. */
  verify(): Promise<{ entries: number; head: string; brokenAt?: number }>
}

/** What the first entry follows. */
const ORIGIN = '0'.repeat(64)
const TRIES = 50
const READ_AT_ONCE = 500

export function createAuditTrail(store: AuditStore, log: Log, nowMs: () => number): AuditTrail {
  let turn: Promise<unknown> = Promise.resolve()

  async function append(entry: AuditEntry): Promise<void> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const last = await store.last()
      const next = { ...entry, sequence: (last?.sequence ?? 0) + 1, atMs: nowMs() }
      const hash = hashEntry(next, last?.hash ?? ORIGIN)
      if (await store.append({ ...next, hash })) {
        log.info({ sequence: next.sequence, hash }, 'an entry was added to the audit trail')
        return
      }
    }
    throw new RelayError('unavailable', 'the audit trail was added to again and again')
  }

  return {
    append(entry) {
      const appended = turn.then(() => append(entry))
      turn = appended.catch(() => undefined)
      return appended
    },
    read: (afterSequence, limit) => store.read(afterSequence, limit),
    async verify() {
      let [entries, head] = [0, ORIGIN]
      for (;;) {
        const page = await store.read(entries, READ_AT_ONCE)
        for (const entry of page) {
          if (entry.sequence !== entries + 1 || entry.hash !== hashEntry(entry, head)) {
            return { entries, head, brokenAt: entries + 1 }
          }
          entries += 1
          head = entry.hash
        }
        if (page.length < READ_AT_ONCE) return { entries, head }
      }
    },
  }
}

function hashEntry(entry: Omit<StoredAuditEntry, 'hash'>, previous: string): string {
  const { sequence, atMs, event, actor, subject } = entry
  const content = JSON.stringify([sequence, atMs, event, actor, subject, previous])
  return createHash('sha256').update(content).digest('hex')
}
