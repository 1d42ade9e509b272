/**
 * The relay's one error class. Its codes are the contract's; the transports turn it into a refusal, everything else
 * into `internal`. Messages are for the log and name nobody.
 */
import type { DeviceMismatch, Refusal, WireErrorCode } from '@pli/protocol/wire'

export interface RefusalDetails {
  retryAfterMs?: number
  devices?: DeviceMismatch
}

export class RelayError extends Error {
  readonly code: WireErrorCode
  readonly details: RefusalDetails

  constructor(code: WireErrorCode, message: string = code, details: RefusalDetails = {}) {
    super(message)
    this.name = 'RelayError'
    this.code = code
    this.details = details
  }
}

/** File and line of the first frames: enough to find a fault, and free of data. */
export function whereIn(error: unknown): string[] {
  if (!(error instanceof Error)) return [typeof error]
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '))
  return [error.name, ...frames.slice(0, 6).map((line) => line.trim())]
}

/** What the other side is told. Nothing but codes and counts leaves: an unforeseen error is only `internal`. */
export function refusalOf(error: unknown): Refusal {
  if (!(error instanceof RelayError)) return { ok: false, code: 'internal' }
  return { ok: false, code: error.code, ...error.details }
}
