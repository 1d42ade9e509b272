/**
 * The device's own sender certificate: fetched when needed, kept in memory, renewed well before it ends.
 * Source: sealed sender; `protocol/wire/keys.ts`. Not concerned with judging other people's.
 */
import type { RelayApi } from '../relay/relay-api.ts'

/** An envelope may wait for a connection between sealing and submission: leave room for that. */
export const CERTIFICATE_MARGIN_MS = 2 * 3600_000

export interface OwnCertificate {
  certificate: Uint8Array
  expiresAtMs: number
}

export interface SenderCertificates {
  /** Throws `offline` and the relay's codes. */
  current(): Promise<OwnCertificate>
}

export function createSenderCertificates(context: {
  relay: RelayApi
  deviceToken: string
  nowMs(): number
}): SenderCertificates {
  let held: OwnCertificate | undefined
  let fetching: Promise<OwnCertificate> | undefined
  const fetchOne = async () => {
    try {
      held = await context.relay.certificate(context.deviceToken)
      return held
    } finally {
      fetching = undefined
    }
  }
  return {
    current: async () => {
      if (held !== undefined && held.expiresAtMs - context.nowMs() > CERTIFICATE_MARGIN_MS) return held
      fetching ??= fetchOne()
      return fetching
    },
  }
}
