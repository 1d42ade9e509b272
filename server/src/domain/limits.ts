/**
 * How often something may happen, counted by name: in this process's memory, or for all nodes together (`cluster/`).
 * Not concerned with what is limited, nor with how large limits are.
 */
import { type RateLimiterAbstract, RateLimiterMemory } from 'rate-limiter-flexible'
import { type BucketRate, TokenBuckets } from './token-buckets.ts'

export interface Buckets {
  /** Takes a token. 0, or after how many milliseconds there will be one. */
  take(name: string, nowMs: number): number | Promise<number>
}

export interface Limits {
  /** So many points for each name, from the first one until the seconds are over. `limit` names what is limited. */
  window(limit: string, rate: { points: number; seconds: number }): RateLimiterAbstract
  /** A bucket for each name. */
  buckets(limit: string, rate: BucketRate): Buckets
}

export const memoryLimits: Limits = {
  window: (_limit, { points, seconds }) => new RateLimiterMemory({ points, duration: seconds }),
  buckets: (_limit, rate) => new TokenBuckets(rate),
}
