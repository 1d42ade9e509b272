/**
 * Purpose: what the national sign-in says of a person, and which person of the directory that is.
 * Source: eHealth IAM Connect's `userProfile` claim. The SSIN is used for the look-up and then let go.
 * Not concerned with whether the token may be believed: it was verified before.
 */
import { z } from 'zod'

const discipline = z.object({
  recognised: z.boolean().optional(),
  nihii11: z
    .string()
    .regex(/^\d{8}(\d{3})?$/)
    .optional(),
})

const userProfile = z
  .object({
    ssin: z
      .string()
      .regex(/^\d{11}$/)
      .optional(),
  })
  .catchall(z.unknown())
const claims = z.object({ iss: z.string(), sub: z.string(), userProfile })

export interface ClaimedPerson {
  issuer: string
  subject: string
  ssin: string | undefined
  /** First eight digits of the NIHII of every discipline that the provider recognises. */
  nihii8: string[]
}

/** Undefined when the claims are not of this shape. */
export function readClaims(input: unknown): ClaimedPerson | undefined {
  const parsed = claims.safeParse(input)
  if (!parsed.success) return undefined
  const { iss, sub, userProfile: profile } = parsed.data
  const { ssin, ...others } = profile
  const nihii8 = Object.values(others).flatMap((value) => {
    const known = discipline.safeParse(value)
    if (!known.success || known.data.recognised !== true || known.data.nihii11 === undefined) return []
    return [known.data.nihii11.slice(0, 8)]
  })
  return { issuer: iss, subject: sub, ssin, nihii8 }
}

/** The directory's look-ups that a claim is matched with. */
export interface ClaimLookups {
  personOfSsin(ssin: string): Promise<string | undefined>
  personOfNihii8(nihii8: string): Promise<string | undefined>
}

/** True when the claims are this person's: by SSIN where the directory knows it, else by a recognised NIHII. */
export async function isClaimOf(
  personId: string,
  claimed: ClaimedPerson,
  lookups: ClaimLookups,
): Promise<boolean> {
  const bySsin = claimed.ssin === undefined ? undefined : await lookups.personOfSsin(claimed.ssin)
  if (bySsin !== undefined) return bySsin === personId
  for (const nihii8 of claimed.nihii8) if ((await lookups.personOfNihii8(nihii8)) === personId) return true
  return false
}
