/** Looks into a session record, for tests and for the report of the interoperation run. */
import { decodeSessionRecord } from '../session/session-codec.ts'
import type { BraidState } from '../session/spqr/braid.ts'
import { decodeSpqrState } from '../session/spqr/state-codec.ts'

/** The epoch that the current session's post-quantum ratchet works on, from 1; 0 without a session. */
export function spqrEpoch(record: Uint8Array): number {
  return currentBraid(record)?.epoch ?? 0
}

/** The phase of the current session's braid; empty without a session. */
export function spqrPhase(record: Uint8Array): string {
  return currentBraid(record)?.phase ?? ''
}

function currentBraid(record: Uint8Array): BraidState | undefined {
  const { current } = decodeSessionRecord(record)
  return current && decodeSpqrState(current.pqRatchet).braid
}
