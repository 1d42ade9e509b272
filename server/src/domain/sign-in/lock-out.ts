/**
 * Purpose: after ten wrong passwords for one login name, a quarter of an hour of silence, whether the name exists
 * or not. Kept under a hash. Not concerned with how often one address may try.
 */
import { RelayError } from '../../errors.ts'
import type { Limits } from '../limits.ts'
import { hashSecret } from './secrets.ts'

const WRONG_AT_MOST = 10
const WINDOW_SECONDS = 15 * 60

export interface LockOut {
  /** Throws RelayError `rate_limited` while the name is locked. */
  refuseIfLocked(loginName: string): Promise<void>
  countWrong(loginName: string): Promise<void>
  forget(loginName: string): Promise<void>
}

export function createLockOut(limits: Limits): LockOut {
  const wrong = limits.window('wrongPassword', { points: Number.MAX_SAFE_INTEGER, seconds: WINDOW_SECONDS })
  const keyOf = (loginName: string) => Buffer.from(hashSecret(loginName)).toString('base64url')
  return {
    async refuseIfLocked(loginName) {
      const counted = await wrong.get(keyOf(loginName))
      if (counted === null || counted.consumedPoints < WRONG_AT_MOST) return
      throw new RelayError('rate_limited', 'login locked', { retryAfterMs: counted.msBeforeNext })
    },
    async countWrong(loginName) {
      await wrong.consume(keyOf(loginName))
    },
    async forget(loginName) {
      await wrong.delete(keyOf(loginName))
    },
  }
}
