/**
 * Purpose: how often one address or one account may ask, so that guessing and copying the directory stay slow.
 * Counts live in this process's memory, under a hash, and go with it. Not concerned with the socket's limits.
 */
import { createHash } from 'node:crypto'
import { isIPv6 } from 'node:net'
import type { RequestHandler } from 'express'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { RelayError } from '../../errors.ts'

const MINUTE = 60
const DAY = 24 * 3600

/** Per address, unless the name says account: a hospital may share one address. */
const allowances = {
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
  accountPush: { points: 30, seconds: MINUTE },
} as const
export type LimitName = keyof typeof allowances

export interface RateLimits {
  /** Throws RelayError `rate_limited`. */
  spend(limit: LimitName, key: string, points?: number): Promise<void>
  /** By the address that asks. */
  byAddress(limit: LimitName): RequestHandler
}

export function createRateLimits(factor: number): RateLimits {
  const limiters = new Map(
    Object.entries(allowances).map(([name, { points, seconds }]) => [
      name,
      new RateLimiterMemory({ points: points * factor, duration: seconds }),
    ]),
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
      await spend(limit, addressKey(request.ip ?? ''))
      next()
    },
  }
}

/** Whoever has one IPv6 address has the whole /64. */
function addressKey(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address
  return address.split(':').slice(0, 4).join(':')
}

function hashKey(key: string): string {
  return createHash('sha256').update(key).digest('base64url').slice(0, 22)
}
