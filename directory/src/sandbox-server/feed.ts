// The sandbox's feed of notifications: who changed, in a sequence, with gaps, duplicates and forgetting on request.
// Source: a gap and thirty days' absence force a snapshot, notifications are idempotent triggers; the form is invented.
// Not concerned with what changed.

export interface Notification {
  readonly sequence: number
  readonly at: string
  readonly id: string
}

export interface FeedPage {
  readonly oldestSequence: number
  readonly lastSequence: number
  readonly asOf: string
  readonly notifications: readonly Notification[]
}

export interface Feed {
  readonly lastSequence: number
  /** @returns its sequence number */
  append(id: string): number
  /** Loses so many numbers: the next notification comes behind a gap. */
  skip(numbers: number): void
  /** Says everything twice, and backwards. */
  repeat(isRepeating: boolean): void
  /** Keeps nothing up to and with this number. */
  forget(upTo: number): void
  page(after: number, limit: number): FeedPage
}

const MAX_KEPT = 200_000
const KEPT_AFTER_TRIM = 150_000

export function createFeed(): Feed {
  let kept: Notification[] = []
  let last = 0
  let oldest = 0
  let isRepeating = false
  const forget = (upTo: number): void => {
    oldest = Math.max(oldest, Math.min(upTo, last))
    kept = kept.filter(({ sequence }) => sequence > oldest)
  }
  return {
    get lastSequence() {
      return last
    },
    append(id) {
      last += 1
      kept.push({ sequence: last, at: new Date().toISOString(), id })
      if (kept.length > MAX_KEPT) forget(last - KEPT_AFTER_TRIM)
      return last
    },
    skip(numbers) {
      last += numbers
    },
    repeat(repeating) {
      isRepeating = repeating
    },
    forget,
    page(after, limit) {
      const ahead = kept.filter(({ sequence }) => sequence > after).slice(0, limit)
      return {
        oldestSequence: oldest,
        lastSequence: last,
        asOf: new Date().toISOString(),
        notifications: isRepeating ? [...ahead].reverse().concat(ahead) : ahead,
      }
    },
  }
}
