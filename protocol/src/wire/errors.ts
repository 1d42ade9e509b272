/**
 * The codes with which the relay refuses, and the one shape of every answer, over HTTP and over the socket.
 * A code is for programs and logs; the apps turn it into a sentence.
 */
import { z } from 'zod'
import { deviceId, registrationId } from './ids.ts'

export const wireErrorCodes = [
  'bad_request', // malformed, or beyond a limit that has no code of its own
  'too_large', // a body, an envelope or an attachment above its limit
  'unauthenticated', // no token, or one the relay does not know (any more)
  'forbidden', // a known token that may not do this
  'not_found',
  'not_reachable', // the person has no account that can receive
  'device_mismatch', // the submission's device list is not the recipient's
  'device_exists', // registering here would cut off devices, and that was not asked for
  'device_revoked',
  'proof_required', // a password alone adds no device
  'proof_mismatch', // the proof is somebody else's than the person that was picked
  'licence_inactive', // the register says that this person may not practise
  'ticket_invalid', // unknown, used or expired sign-in ticket, or a wrong verifier
  'code_invalid', // unknown, used or expired operator code
  'password_invalid',
  'guarantor_full', // this guarantor has as many undecided requests, or answers for as many people, as one may
  'bad_signature', // a prekey that its identity key did not sign
  'bad_key', // a key of a wrong type or length
  'too_many_keys',
  'queue_full',
  'rate_limited', // carries retryAfterMs
  'conflict', // the same idempotency key with other content
  'push_refused', // a push endpoint the relay will not call
  'sign_in_refused', // the identity provider refused, or the person gave up
  'unavailable', // try again later; nothing was done
  'internal',
] as const
export type WireErrorCode = (typeof wireErrorCodes)[number]

/** What `device_mismatch` carries: send again to exactly these. */
export const deviceMismatch = z.object({
  missing: z.array(z.object({ deviceId, registrationId })),
  extra: z.array(deviceId),
  /** Known device ids under another registration id: that installation was replaced. */
  stale: z.array(deviceId),
})
export type DeviceMismatch = z.infer<typeof deviceMismatch>

export const refusal = z.object({
  ok: z.literal(false),
  code: z.enum(wireErrorCodes),
  retryAfterMs: z.number().int().nonnegative().optional(),
  devices: deviceMismatch.optional(),
})
export type Refusal = z.infer<typeof refusal>

/** Every HTTP body and every socket acknowledgement. */
export type Answer<T> = { ok: true; value: T } | Refusal

export function answer<T extends z.ZodType>(value: T) {
  return z.discriminatedUnion('ok', [z.object({ ok: z.literal(true), value }), refusal])
}
