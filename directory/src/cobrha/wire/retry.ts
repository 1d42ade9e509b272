// Trying again when a register is away: longer and longer pauses, with chance in them so that many clients do not
// come back at once.
// Not concerned with errors that another try does not mend: those pass at once.

import { setTimeout as sleep } from 'node:timers/promises'
import { DirectoryError } from '../../errors.ts'

export interface RetryOptions {
  /** in all (4) */
  readonly tries?: number
  /** before the second try (250); doubled before each further one, 10,000 at most */
  readonly pauseMs?: number
  readonly signal?: AbortSignal | undefined
}

export const DEFAULT_TRIES = 4
export const DEFAULT_PAUSE_MS = 250
const MAX_PAUSE_MS = 10_000

/** @throws what the last try threw */
export async function withRetries<T>(work: () => Promise<T>, options: RetryOptions = {}): Promise<T> {
  const { tries = DEFAULT_TRIES, pauseMs = DEFAULT_PAUSE_MS, signal } = options
  for (let tried = 1; ; tried++) {
    try {
      return await work()
    } catch (error) {
      const isAway = error instanceof DirectoryError && error.code === 'source-unavailable'
      if (!isAway || tried >= tries) throw error
    }
    const longest = Math.min(MAX_PAUSE_MS, pauseMs * 2 ** (tried - 1))
    await sleep(longest * (0.5 + Math.random() / 2), undefined, signal === undefined ? {} : { signal })
  }
}
