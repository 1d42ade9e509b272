/**
 * Purpose: notices what another process changed in the register, and has the licences of those people reviewed; all of
 * them after a new snapshot, and every hour, since a licence may end by its date alone.
 * Not concerned with the search's index, which follows by itself.
 */
import type { DirectoryReader, DirectoryVersion } from '@pli/directory/store'
import type { PersonId } from '@pli/protocol/wire'
import type { Log } from '../../log.ts'
import type { Licences } from './licences.ts'

const LOOK_EVERY_MS = 1_000
const REVIEW_ALL_EVERY_MS = 3600_000
const CHANGES_AT_ONCE = 1_000

export interface FollowedRegister {
  /** Resolves when the last look is over. */
  close(): Promise<void>
}

/** Everybody has been reviewed once when it resolves. */
export async function followRegister(
  register: Pick<DirectoryReader, 'current' | 'changesSince'>,
  licences: Pick<Licences, 'review' | 'reviewAll'>,
  log: Log,
): Promise<FollowedRegister> {
  let seen = await register.current()
  await licences.reviewAll()
  let reviewedAllAtMs = Date.now()
  let isClosed = false
  let timer: ReturnType<typeof setTimeout> | undefined
  let looking: Promise<void> = Promise.resolve()

  async function look(): Promise<void> {
    const now = await register.current()
    const isDue = Date.now() - reviewedAllAtMs >= REVIEW_ALL_EVERY_MS
    if (now !== undefined && !isDue && now.generation === seen?.generation) {
      seen = await reviewChanges(seen, now)
      return
    }
    if (!isDue && now?.generation === seen?.generation) return
    await licences.reviewAll()
    reviewedAllAtMs = Date.now()
    seen = now
  }

  async function reviewChanges(from: DirectoryVersion, to: DirectoryVersion): Promise<DirectoryVersion> {
    let { sequence } = from
    while (sequence < to.sequence) {
      const since = await register.changesSince({ ...from, sequence }, CHANGES_AT_ONCE)
      // Another generation came meanwhile: seen at the next look.
      if (since.kind === 'read-anew' || since.changes.length === 0) return { ...from, sequence }
      await licences.review([...new Set(since.changes.map(({ personId }) => personId as PersonId))])
      sequence = since.changes.at(-1)?.sequence ?? to.sequence
    }
    return to
  }

  const schedule = () => {
    if (isClosed) return
    timer = setTimeout(() => {
      looking = look()
        .catch(() => log.warn({}, 'the register could not be looked at: licences stay as they were'))
        .then(schedule)
    }, LOOK_EVERY_MS)
    timer.unref()
  }
  schedule()
  return {
    async close() {
      isClosed = true
      clearTimeout(timer)
      await looking
    },
  }
}
