/**
 * The device's own sender certificate: fetched when needed, kept in memory, renewed well before it ends.
 * Source: sealed sender; `protocol/wire/keys.ts`. Not concerned with judging other people's.
 */
import type { RelayApi } from '../relay/relay-api.ts'

/**
 * A certificate lasts 24 hours by the relay's clock, and this device's may be wrong by days: only differences of
 * one clock count. Used for 12 hours, it leaves what is sealed with it 11 to be submitted in (`transmit.ts`).
 */
const REUSE_MS = 12 * 3600_000
export const SUBMIT_WITHIN_MS = 11 * 3600_000

export interface SenderCertificates {
  /** Serialised, as the relay issued it. Throws `offline` and the relay's codes. */
  current(): Promise<Uint8Array>
}

export function createSenderCertificates(context: {
  relay: RelayApi
  deviceToken: string
  nowMs(): number
}): SenderCertificates {
  let held: { certificate: Uint8Array; fetchedAtMs: number } | undefined
  let fetching: Promise<Uint8Array> | undefined
  const fetchOne = async () => {
    const fetchedAtMs = context.nowMs()
    try {
      const { certificate } = await context.relay.certificate(context.deviceToken)
      held = { certificate, fetchedAtMs }
      return certificate
    } finally {
      fetching = undefined
    }
  }
  return {
    current: async () => {
      if (held !== undefined && isWithin(context.nowMs() - held.fetchedAtMs, REUSE_MS))
        return held.certificate
      fetching ??= fetchOne()
      return fetching
    },
  }
}

/** False also for a clock that was set back: nobody knows then how long it has been. */
export function isWithin(elapsedMs: number, limitMs: number): boolean {
  return elapsedMs >= 0 && elapsedMs <= limitMs
}
