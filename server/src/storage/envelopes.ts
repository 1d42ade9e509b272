/**
 * The queue of sealed envelopes per device, and the memory of submissions.
 * At rest an envelope names only the device it is for; a submission is known by the hash of its idempotency key and
 * names nobody. Not concerned with connections or windows.
 */
import type { AccountId, DeviceId } from '@pli/protocol/wire'
import type { DeviceAddress } from './device-address.ts'

export interface Submission {
  /** SHA-256 of the idempotency key. */
  keyHash: Uint8Array
  /** SHA-256 of everything the request addressed and carried. */
  contentHash: Uint8Array
  accountId: AccountId
  envelopes: { deviceId: DeviceId; registrationId: number; content: Uint8Array }[]
  receivedAtMs: number
  /** When the envelopes expire. */
  expiresAtMs: number
  /** When the submission is forgotten. */
  forgottenAtMs: number
  /** Envelopes one device may have queued. */
  queuedAtMost: number
}

export type Submitted =
  /**
   * `sequences`: what each envelope has now in its device's queue, in the order of the submission's envelopes. With it an
   * envelope can go on to a connected device without being read again; a store that may not say so leaves it out.
   */
  | { outcome: 'stored'; sequences?: number[] }
  /** The same submission was stored before, at that time. */
  | { outcome: 'duplicate'; receivedAtMs: number }
  /** The same key was used for something else. */
  | { outcome: 'conflict' }
  | { outcome: 'queue_full' }
  /** The addressed devices are not exactly those of the account, which are these (none: it cannot be reached). */
  | { outcome: 'devices_differ'; devices: { deviceId: DeviceId; registrationId: number }[] }

export interface QueuedEnvelope {
  /**
   * Rises per device, never used twice, from 1; there may be gaps. No envelope becomes visible after one of a higher
   * sequence did: whoever has read up to a sequence has missed nothing before it.
   */
  sequence: number
  receivedAtMs: number
  content: Uint8Array
}

export type SubmissionState = 'queued' | 'delivered' | 'expired'

export interface EnvelopeStore {
  /** All envelopes or none; resolves after the commit, and in its order. */
  submit(submission: Submission): Promise<Submitted>
  /**
   * Envelopes after a sequence, in order: as many as fit both bounds, so that the first one is always given if it
   * is at most `maxBytes` long.
   */
  list(
    address: DeviceAddress,
    bounds: { afterSequence: number; maxEnvelopes: number; maxBytes: number },
  ): Promise<QueuedEnvelope[]>
  /** The highest sequence waiting, 0 when nothing waits. */
  lastWaiting(address: DeviceAddress): Promise<number>
  queueLength(address: DeviceAddress): Promise<number>
  /**
   * Deletes for good; sequences that are not there are passed over. Returns how many were. May wait a few milliseconds
   * for a commit to share: a device that crashed before it sees the same envelopes again.
   */
  acknowledge(address: DeviceAddress, sequences: number[]): Promise<number>
  /** In the order asked; undefined where nothing is known. */
  states(keyHashes: Uint8Array[]): Promise<(SubmissionState | undefined)[]>
  /** Deletes the oldest envelopes that expired and forgets submissions, at most `limit` of each. */
  sweep(nowMs: number, limit: number): Promise<{ envelopes: number; submissions: number }>
}
