/**
 * Purpose: a code that an operator hands to somebody whose identity they checked; it proves one person, once.
 * Not concerned with who counts as an operator: whoever can run a command where the relay's data is.
 */
import { randomInt } from 'node:crypto'
import type { PersonId } from '@pli/protocol/wire'
import { RelayError } from '../../errors.ts'
import type { TicketStore } from '../../storage/interfaces.ts'
import { hashSecret } from './secrets.ts'

const LIFETIME_MS = 72 * 3600_000

/** No vowels, no look-alikes: read aloud and typed without mistakes. 20 characters hold 92 bits. */
const ALPHABET = '23456789BCDFGHJKMNPQRSTVWXZ'
const GROUPS = 5
const GROUP_CHARS = 4

/** Such as `7K2M-XR4D-…`; valid for 72 hours. */
export async function issueOperatorCode(
  tickets: TicketStore,
  personId: PersonId,
  nowMs: number,
): Promise<{ code: string; expiresAtMs: number }> {
  const group = () => Array.from({ length: GROUP_CHARS }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
  const code = Array.from({ length: GROUPS }, group).join('-')
  const expiresAtMs = nowMs + LIFETIME_MS
  await tickets.put({ kind: 'operator_code', hash: hashCode(code), personId, value: '{}', expiresAtMs })
  return { code, expiresAtMs }
}

/** Spends the code. `code_invalid` whatever is wrong; somebody else's code stays unspent. */
export async function spendOperatorCode(
  tickets: TicketStore,
  request: { personId: PersonId; code: string },
  nowMs: number,
): Promise<void> {
  const hash = hashCode(request.code)
  const known = await tickets.read('operator_code', hash, nowMs)
  if (known === undefined || known.personId !== request.personId) throw new RelayError('code_invalid')
  if ((await tickets.take('operator_code', hash, nowMs)) === undefined) throw new RelayError('code_invalid')
}

/** Spaces, hyphens and lower case are how people type. */
function hashCode(code: string): Uint8Array {
  return hashSecret(code.toUpperCase().replaceAll(/[^0-9A-Z]/g, ''))
}
