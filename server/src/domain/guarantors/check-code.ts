/**
 * Purpose: the six digits that an applicant says to the guarantor, in person or by telephone. They follow from the
 * request token, so that the relay shows them to whoever holds it and keeps only a hash. The hash keeps nobody with the
 * database from finding six digits: they guard against a stranger's request in a colleague's name, not against the relay.
 */
import { createHmac } from 'node:crypto'
import type { GuaranteeId, PersonId } from '@pli/protocol/wire'
import { hashSecret } from '../sign-in/secrets.ts'

const CODES = 1_000_000
const DIGITS = 6
const PREFIX = 'vouched-'

export function checkCodeOf(requestToken: string): string {
  const drawn = createHmac('sha256', requestToken).update('pli guarantor check code').digest()
  return String(drawn.readUIntBE(0, 6) % CODES).padStart(DIGITS, '0')
}

/** 32 bytes. */
export function hashCheckCode(guaranteeId: GuaranteeId, code: string): Uint8Array {
  return hashSecret(`${guaranteeId} ${code}`)
}

/** The person whom a guarantee lets in: a name that no register gives. */
export function personIdOf(guaranteeId: GuaranteeId): PersonId {
  return `${PREFIX}${guaranteeId}` as PersonId
}

/** Undefined for people of the register. */
export function guaranteeIdOf(personId: string): GuaranteeId | undefined {
  return personId.startsWith(PREFIX) ? (personId.slice(PREFIX.length) as GuaranteeId) : undefined
}

/** Sorts before every vouched person and after nobody else of them. */
export const BEFORE_VOUCHED = PREFIX as PersonId
