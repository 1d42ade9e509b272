/**
 * Short-lived secrets of sign-in: found by the SHA-256 of the secret, never by the secret itself.
 * Not concerned with what a value says.
 */
import type { PersonId } from '@pli/protocol/wire'

export type TicketKind = 'oidc_state' | 'sign_in_ticket' | 'sign_in_session' | 'operator_code'

export interface Ticket {
  kind: TicketKind
  /** 32 bytes. */
  hash: Uint8Array
  /** Whose it is, so that it goes with their account. */
  personId: PersonId
  /** JSON of the domain's own shape. */
  value: string
  expiresAtMs: number
}

export interface TicketStore {
  /** Replaces one of the same kind and hash. */
  put(ticket: Ticket): Promise<void>
  /** Reads and deletes in one step: of any number of takers one gets it. Expired ones are not there. */
  take(kind: TicketKind, hash: Uint8Array, nowMs: number): Promise<Ticket | undefined>
  /** Reads without deleting. */
  read(kind: TicketKind, hash: Uint8Array, nowMs: number): Promise<Ticket | undefined>
  delete(kind: TicketKind, hash: Uint8Array): Promise<void>
  /** Deletes what expired; returns how many. */
  sweep(nowMs: number): Promise<number>
}
