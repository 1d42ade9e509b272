/**
 * Purpose: keeps the directory told who can be written to here, so that they come first. Own changes are told at once;
 * those of other relays on the same store are noticed at the next turn.
 * Not concerned with ranking.
 */
import type { PersonId } from '@pli/protocol/wire'
import type { Directory } from '../domain/directory/directory.ts'
import type { AccountStore } from '../storage/interfaces.ts'

const READ_AT_ONCE = 1_000
const REFRESH_EVERY_MS = 15_000

export interface ReachablePeople {
  /** Reads everybody once more, after a reading that is under way. */
  refresh(): Promise<void>
  close(): void
}

export function followReachable(
  directory: Directory,
  accounts: Pick<AccountStore, 'listReachable'>,
  everyMs: number = REFRESH_EVERY_MS,
): ReachablePeople {
  let known = new Set<PersonId>()
  let turn: Promise<void> | undefined
  const read = async () => {
    const now = new Set<PersonId>()
    let after: PersonId | undefined
    for (;;) {
      const page = await accounts.listReachable(after, READ_AT_ONCE)
      for (const personId of page) now.add(personId)
      after = page.at(-1)
      if (page.length < READ_AT_ONCE) break
    }
    const added = [...now].filter((personId) => !known.has(personId))
    const gone = [...known].filter((personId) => !now.has(personId))
    if (added.length > 0) directory.markReachable(added, true)
    if (gone.length > 0) directory.markReachable(gone, false)
    known = now
  }
  const refresh = () => {
    turn = (turn ?? Promise.resolve()).catch(() => undefined).then(read)
    return turn
  }
  // A store that does not answer now is read at the next turn.
  const quietly = () => void refresh().catch(() => undefined)
  const timer = setInterval(quietly, everyMs)
  timer.unref()
  quietly()
  return { refresh, close: () => clearInterval(timer) }
}
