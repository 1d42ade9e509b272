/**
 * People who are not in the register: one of its care professionals answers for them. A request is no account: until
 * somebody decided, whoever asked can neither write nor be written to.
 * Not concerned with finding the guarantor (`directory.ts`), nor with what an admitted person does afterwards.
 */
import { z } from 'zod'
import { personId } from './ids.ts'
import { limits } from './limits.ts'

/** 128 random bits, hexadecimal. */
export const guaranteeId = z
  .string()
  .regex(/^[0-9a-f]{32}$/)
  .brand<'GuaranteeId'>()
export type GuaranteeId = z.infer<typeof guaranteeId>

/** What the applicant's app draws (32 bytes, base64url after the prefix) and shows as `Bearer`: the request is theirs. */
export const requestToken = z.string().regex(/^request\.[A-Za-z0-9_-]{43}$/)

/** A line that somebody wrote about themselves: no control characters, nothing that turns the direction of text. */
const line = (chars: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(chars)
    .regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u)
const name = line(60).regex(/^\p{L}[\p{L}\p{M}'’ .-]*$/u)
const reason = line(limits.guaranteeReasonChars)

export const applicant = z.object({
  lastName: name,
  firstName: name,
  /** In the applicant's own words: no code of the register fits. */
  profession: line(80),
  organisation: line(120).optional(),
  /** A municipality's name or postcode, as it was typed. */
  place: line(80),
})
export type Applicant = z.infer<typeof applicant>

/** The same token with the same content is the same request. */
export const guaranteeRequest = applicant.extend({ requestToken, guarantorId: personId })
export type GuaranteeRequest = z.input<typeof guaranteeRequest>

/**
 * `pending` lapses after 30 days; `approved` expires after a year. An app that meets a state it does not know shows none.
 */
export const guaranteeState = z.enum([
  'pending',
  'approved',
  'refused',
  'revoked',
  'expired',
  'lapsed',
  'withdrawn',
])
export type GuaranteeState = z.infer<typeof guaranteeState>

/** What an applicant is told of their own request. */
export const ownRequest = z.object({
  guaranteeId,
  state: guaranteeState,
  applicant: applicant.extend({ organisation: z.string().optional() }),
  guarantor: z.object({ personId, lastName: z.string(), firstName: z.string() }),
  /** Six digits for the guarantor, by voice: they show that this request is the caller's. Only while it is pending. */
  checkCode: z
    .string()
    .regex(/^\d{6}$/)
    .optional(),
  /** When the state ends by itself. */
  endsAtMs: z.number(),
  /** Of a refusal or a revocation, as it was written. */
  reason: z.string().optional(),
})
export type OwnRequest = z.infer<typeof ownRequest>

/** What a guarantor is shown of a request, or of somebody they answer for. */
export const guarantee = z.object({
  guaranteeId,
  personId,
  state: guaranteeState,
  applicant,
  requestedAtMs: z.number(),
  endsAtMs: z.number(),
  /** May be renewed now: in the last 60 days, and for a while after the end. */
  renewable: z.boolean(),
})
export type Guarantee = z.infer<typeof guarantee>

/** Undecided requests first, the oldest first; then those one answers for. */
export const guaranteeList = z.object({
  guarantees: z.array(guarantee).max(500),
  activeAtMost: z.number().int(),
})
export type GuaranteeList = z.infer<typeof guaranteeList>

/** Spaces are how people read digits aloud. */
export const acceptGuaranteeRequest = z.object({
  checkCode: z
    .string()
    .max(20)
    .transform((typed) => typed.replaceAll(/\s/g, ''))
    .pipe(z.string().regex(/^\d{6}$/)),
  reason: reason.optional(),
})
export const refuseGuaranteeRequest = z.object({ reason })

export const redeemGuaranteeRequest = z.object({ requestToken })
