/**
 * Purpose: hashing and checking passwords. Source: OWASP's floor for Argon2id (19 MiB, two passes, one lane).
 * Not concerned with what a password opens: it proves nobody is a doctor.
 */
import { argon2id, hash, verify } from 'argon2'
import { createTurns } from './turns.ts'

const cost = { type: argon2id, memoryCost: 19 * 1024, timeCost: 2, parallelism: 1 } as const

/** Each run holds 19 MiB and a core; who must wait longer than this many places is sent away. */
const AT_ONCE = 2
const WAITING_AT_MOST = 30

/** Somebody's hash of something nobody typed: an unknown login must cost what a wrong password costs. */
const STAND_IN_PASSWORD = 'a password that is nobody’s'

export interface Passwords {
  hash(password: string): Promise<string>
  /** `stored` undefined when the login is unknown: takes as long and is false. */
  verify(stored: string | undefined, password: string): Promise<boolean>
}

export function createPasswords(): Passwords {
  const inTurn = createTurns(AT_ONCE, WAITING_AT_MOST)
  let standIn: string | undefined
  return {
    hash: (password) => inTurn(() => hash(normalise(password), cost)),
    async verify(stored, password) {
      const isRight = await inTurn(async () => {
        // Whoever asks first pays for it, known or not.
        standIn ??= await hash(STAND_IN_PASSWORD, cost)
        return verify(stored ?? standIn, normalise(password))
      })
      return isRight && stored !== undefined
    },
  }
}

/** One keyboard composes an accent, another does not: the same password all the same. */
function normalise(password: string): string {
  return password.normalize('NFKC')
}
