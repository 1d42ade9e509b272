/**
 * Sealed envelopes between a device and the relay, over one socket.
 * Semantics: a submission is acknowledged only after it is durable; delivery to a device is at least once and in
 * the order of `sequence`; the relay deletes on `acknowledge`. Not concerned with what an envelope holds.
 */
import { z } from 'zod'
import { base64UrlBytes, binaryBytes } from './bytes.ts'
import type { Answer } from './errors.ts'
import { accountId, deviceId, registrationId } from './ids.ts'
import { limits } from './limits.ts'

/** 16 random bytes drawn by the sender for one submission, the same at every retry of it. */
export const idempotencyKey = base64UrlBytes(16)

export const submitRequest = z.object({
  idempotencyKey,
  accountId,
  /** Wakes the recipient's devices at once; receipts are not urgent. */
  urgent: z.boolean(),
  envelopes: z
    .array(z.object({ deviceId, registrationId, content: binaryBytes(1, limits.envelopeBytes) }))
    .min(1)
    .max(limits.devicesPerAccount),
})
export type SubmitRequest = z.output<typeof submitRequest>

export const submitReceipt = z.object({
  receivedAtMs: z.number(),
  /** True when this idempotency key had been accepted before: nothing was queued a second time. */
  duplicate: z.boolean(),
})
export type SubmitReceipt = z.infer<typeof submitReceipt>

/** `sequence` rises by one or more per device and is never used twice. */
export const deliveredEnvelope = z.object({
  sequence: z.number().int().positive(),
  receivedAtMs: z.number(),
  content: binaryBytes(1, limits.envelopeBytes),
})
export const delivery = z.object({
  envelopes: z.array(deliveredEnvelope).min(1).max(limits.envelopesPerDelivery),
})
export type Delivery = z.output<typeof delivery>

export const acknowledgeRequest = z.object({
  sequences: z.array(z.number().int().positive()).min(1).max(limits.acknowledgementsPerRequest),
})
export type AcknowledgeRequest = z.infer<typeof acknowledgeRequest>

export const outcomesRequest = z.object({
  idempotencyKeys: z.array(idempotencyKey).min(1).max(limits.outcomesPerRequest),
})
/**
 * What became of a submission: `delivered` when at least one device acknowledged it, `expired` when none did in
 * 30 days or none can any more because the devices were removed, `unknown` when the relay never had it or no longer
 * remembers.
 */
export const outcomeState = z.enum(['queued', 'delivered', 'expired', 'unknown'])
export type OutcomeState = z.infer<typeof outcomeState>
export const outcomesAnswer = z.object({ states: z.array(outcomeState) })
export type OutcomesAnswer = z.infer<typeof outcomesAnswer>

export const revocation = z.object({
  reason: z.enum(['removed', 'replaced', 'licence_inactive', 'account_deleted']),
})
export type Revocation = z.infer<typeof revocation>

/** Events a device emits, as they travel (before parsing). */
export interface DeviceEvents {
  submit(request: unknown, acknowledge: (answer: Answer<SubmitReceipt>) => void): void
  acknowledge(request: unknown, acknowledge: (answer: Answer<Record<string, never>>) => void): void
  outcomes(request: unknown, acknowledge: (answer: Answer<OutcomesAnswer>) => void): void
}

/** Events the relay emits. `drained` follows the last envelope that was waiting when the device connected. */
export interface RelayEvents {
  deliver(delivery: unknown): void
  drained(): void
  revoked(revocation: unknown): void
  /** Somebody asks this person to answer for them, or such a request changed. What, is asked over HTTP. */
  guarantees(): void
}
