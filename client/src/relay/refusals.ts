/** Turns a relay's refusal into the client's error. Not concerned with what is done about it. */
import type { Refusal } from '@pli/protocol/wire'
import { ClientError } from '../errors.ts'

/** What a relay may ask this device to wait: longer is another word for never, and more than a timer can hold. */
const MAX_WAIT_MS = 3600_000

export function refused(refusal: Refusal, nowMs: number): ClientError {
  return new ClientError(
    refusal.code,
    refusal.retryAfterMs === undefined
      ? {}
      : { retryAtMs: nowMs + Math.min(refusal.retryAfterMs, MAX_WAIT_MS) },
  )
}

/** Codes that say nothing about the request: the same one may succeed later. */
export function isPassing(error: unknown): boolean {
  return error instanceof ClientError && passing.has(error.code)
}

const passing: ReadonlySet<string> = new Set(['offline', 'unavailable', 'internal', 'rate_limited'])
