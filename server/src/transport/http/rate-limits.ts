/**
 * Purpose: how often one address or one account may ask, so that guessing and copying the directory stay slow.
 * Counts are kept under a hash, for all nodes together where there are several, and go soon. Not concerned with the socket's limits.
 */
import { createHash } from 'node:crypto'
import type { RequestHandler } from 'express'
import { RateLimiterRes } from 'rate-limiter-flexible'
import { type Limits, memoryLimits } from '../../domain/limits.ts'
import { RelayError } from '../../errors.ts'
import { networkOf } from '../client-address.ts'

const MINUTE = 60
const DAY = 24 * 3600

/** Per address, unless the name says account: a hospital may share one address. */
export const allowances = {
  anything: { points: 6000, seconds: MINUTE },
  signIn: { points: 300, seconds: MINUTE },
  operatorCode: { points: 20, seconds: MINUTE },
  password: { points: 30, seconds: MINUTE },
  revocation: { points: 30, seconds: MINUTE },
  directory: { points: 600, seconds: MINUTE },
  accountDirectory: { points: 300, seconds: MINUTE },
  accountChange: { points: 60, seconds: MINUTE },
  accountAttachment: { points: 120, seconds: MINUTE },
  accountAttachmentMebibytes: { points: 4096, seconds: DAY },
  guaranteeRequest: { points: 20, seconds: DAY },
  guarantorAsked: { points: 10, seconds: DAY },
  accountGuarantees: { points: 60, seconds: MINUTE },
  accountLinksToken: { points: 30, seconds: MINUTE },
  accountPush: { points: 30, seconds: MINUTE },
} as const
export type LimitName = keyof typeof allowances

export interface RateLimits {
  /** Throws RelayError `rate_limited`. */
  spend(limit: LimitName, key: string, points?: number): Promise<void>
  /** By the address that asks. */
  byAddress(limit: LimitName): RequestHandler
}

export function createRateLimits(factor: number, shared: Limits = memoryLimits): RateLimits {
  const limiters = new Map(
    Object.entries(allowances).map(([name, { points, seconds }]) => {
      // What protects this process alone is worth no question to anybody else.
      const limits = name === 'anything' ? memoryLimits : shared
      return [name, limits.window(name, { points: points * factor, seconds })]
    }),
  )
  async function spend(limit: LimitName, key: string, points = 1): Promise<void> {
    try {
      await limiters.get(limit)!.consume(hashKey(key), points)
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused
      throw new RelayError('rate_limited', 'too many requests', { retryAfterMs: refused.msBeforeNext })
    }
  }
  return {
    spend,
    byAddress: (limit) => async (request, _response, next) => {
      await spend(limit, networkOf(request.ip ?? ''))
      next()
    },
  }
}

function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('base64url').slice(0, 22)
}
