/**
 * How a device gets to the service of therapeutic links: a token that is for that service alone and that only this
 * device's key can use. Source: RFC 9449 (DPoP). Nothing of a patient is in here: devices ask the service themselves.
 */
import { z } from 'zod'

export const linksTokenRequest = z.object({
  /** SHA-256 thumbprint (RFC 7638) of the public key that will prove possession, base64url. */
  keyThumbprint: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
})
export type LinksTokenRequest = z.output<typeof linksTokenRequest>

export const linksToken = z.object({
  token: z.string().max(4_000),
  expiresAtMs: z.number(),
  /** Origin of the service that it is for. */
  serviceUrl: z.string(),
})
export type LinksToken = z.output<typeof linksToken>
