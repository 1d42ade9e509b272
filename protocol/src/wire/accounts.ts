/**
 * Sign-in and accounts. A proof (the national sign-in, an operator's single-use code, or a guarantor's decision) binds
 * an account to a person in the directory; a password follows a proof and never adds a device.
 */
import { z } from 'zod'
import { base64UrlBytes } from './bytes.ts'
import { directoryPerson } from './directory.ts'
import { accountId, deviceId, personId, registrationId } from './ids.ts'
import { publicKey } from './keys.ts'
import { limits } from './limits.ts'

/** Why we believe that an account is this person. */
export const proof = z.object({ kind: z.enum(['oidc', 'operator_code', 'guarantor']), atMs: z.number() })
export type Proof = z.infer<typeof proof>

/** Query of `GET /v1/sign-in/oidc/start`: `challenge` is SHA-256 of a 32-byte verifier that the app keeps. */
export const oidcStartQuery = z.object({
  personId,
  challenge: base64UrlBytes(32),
  /** Path (and query) of the app on its own origin; the ticket comes back in the fragment as `#ticket=…`. */
  returnTo: z
    .string()
    .max(300)
    .regex(/^\/(?![/\\])/),
  /** Origin of the app when it is not the relay's; must be one the relay was configured with. */
  origin: z.string().max(200).optional(),
  language: z.enum(['fr', 'nl', 'en', 'de']).default('fr'),
})

export const redeemTicketRequest = z.object({
  ticket: z.string().min(20).max(100),
  verifier: base64UrlBytes(32),
})
export const redeemCodeRequest = z.object({ personId, code: z.string().min(8).max(40) })
export const loginName = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9._@-]{3,64}$/)
const password = z.string().min(limits.passwordMinChars).max(limits.passwordMaxChars)
export const passwordSignInRequest = z.object({
  loginName,
  password: z.string().max(limits.passwordMaxChars),
})
export const setPasswordRequest = z.object({ loginName, password })

export const ownDevice = z.object({
  deviceId,
  name: z.string(),
  createdAtMs: z.number(),
  /** To the day only: the relay keeps no finer trace of when somebody works. */
  lastSeenDay: z.string(),
})
export type OwnDevice = z.infer<typeof ownDevice>

export const ownAccount = z.object({
  accountId,
  person: directoryPerson,
  proof,
  devices: z.array(ownDevice),
  loginName: z.string().optional(),
})
export type OwnAccount = z.infer<typeof ownAccount>

/** A short session that precedes a device. `assurance` is `proof` only for 15 minutes after one. */
export const signInSession = z.object({
  sessionToken: z.string(),
  expiresAtMs: z.number(),
  assurance: z.enum(['proof', 'password']),
  person: directoryPerson,
  account: ownAccount.optional(),
})
export type SignInSession = z.infer<typeof signInSession>

/** What one signed-in person may know of another's account. */
export const publicAccount = z.object({
  accountId,
  person: directoryPerson,
  identityKey: publicKey,
  proof,
  devices: z.array(z.object({ deviceId, registrationId })),
})
export type PublicAccount = z.output<typeof publicAccount>
