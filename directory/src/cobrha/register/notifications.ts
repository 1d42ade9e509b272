// What changed in the register since: numbers in a sequence, each naming a person to fetch again.
// Source: CoBRHA+ Notification is a REST service of publish and subscribe; its messages are not public. Assumed: pages
// of {sequence, id} after a number. Notifications are triggers, not truth: duplicates and disorder do no harm, a
// missing number means that a trigger was lost.
// Not concerned with fetching.

import { z } from 'zod'
import { DirectoryError } from '../../errors.ts'
import type { ChangeBatch, FeedPosition } from '../../source/source.ts'
import { readPosition, writePosition } from './position.ts'
import { getJson, type RegisterConnection } from './register-connection.ts'

const PAGE = 1_000
/** Longer away than this, and the feed is not trusted to have everything. */
const MAX_AWAY_MS = 30 * 24 * 60 * 60_000

const number = z.number().int().min(0)
const pageSchema = z.object({
  /** the feed has everything after this number… */
  oldestSequence: number,
  /** …up to this one */
  lastSequence: number,
  asOf: z.iso.datetime(),
  notifications: z
    .array(z.object({ sequence: number, id: z.string().regex(/^[A-Za-z0-9_-]{1,40}$/) }))
    .max(10 * PAGE),
})

type Page = z.infer<typeof pageSchema>

export async function* readChanges(
  connection: RegisterConnection,
  since: FeedPosition,
  signal: AbortSignal | undefined,
): AsyncGenerator<ChangeBatch, void, undefined> {
  const position = readPosition(since)
  if (position === undefined) return yield { kind: 'snapshot-needed', reason: 'gap' }
  if (connection.nowMs() - position.asOfMs > MAX_AWAY_MS)
    return yield { kind: 'snapshot-needed', reason: 'too-old' }
  let { sequence } = position
  for (;;) {
    const path = `notifications?after=${sequence}&limit=${PAGE}`
    const page = await getJson(connection, path, pageSchema, signal)
    if (page === undefined) throw new DirectoryError('source-malformed', 'The register has no feed.')
    if (page.oldestSequence > sequence) return yield { kind: 'snapshot-needed', reason: 'too-old' }
    const read = followSequence(page, sequence)
    if (read === undefined) return yield { kind: 'snapshot-needed', reason: 'gap' }
    sequence = read.upTo
    yield {
      kind: 'changes',
      personIds: read.personIds,
      position: writePosition({ sequence, asOfMs: Date.parse(page.asOf) }),
    }
    if (sequence >= page.lastSequence) return
  }
}

/** Undefined if a number is missing, or if the feed went backwards. */
function followSequence(
  { notifications, lastSequence }: Page,
  after: number,
): { upTo: number; personIds: string[] } | undefined {
  const idOf = new Map(notifications.map(({ sequence, id }) => [sequence, id]))
  const personIds = new Set<string>()
  let upTo = after
  for (let id = idOf.get(upTo + 1); id !== undefined; id = idOf.get(upTo + 1)) {
    personIds.add(id)
    upTo += 1
  }
  const reached = Math.max(0, ...idOf.keys())
  if (lastSequence < after || reached > upTo || (upTo === after && lastSequence > after)) return undefined
  return { upTo, personIds: [...personIds] }
}
