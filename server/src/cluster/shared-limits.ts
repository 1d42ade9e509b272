/**
 * Purpose: limits that hold for all nodes together, counted in Redis under a keyed hash, so that Redis learns neither who
 * was counted nor from where. While Redis is away each node counts in its memory: never not at all.
 */
import { createHmac } from 'node:crypto'
import type { Redis } from 'ioredis'
import { RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible'
import type { Limits } from '../domain/limits.ts'
import { TokenBuckets } from '../domain/token-buckets.ts'

/** As `TokenBuckets`, in one step. Answers how many milliseconds to wait, 0 when a token was taken. */
const TAKE = `
local burst, per_ms, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local held = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = tonumber(held[1]) or burst
tokens = math.min(burst, tokens + math.max(0, now - (tonumber(held[2]) or now)) * per_ms)
local wait = 0
if tokens < 1 then wait = math.ceil((1 - tokens) / per_ms) else tokens = tokens - 1 end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', tostring(now))
redis.call('PEXPIRE', KEYS[1], math.ceil(burst / per_ms) + 1000)
return wait
`

/** @param key 32 bytes that all nodes have and Redis does not. */
export function createSharedLimits(redis: Redis, key: Uint8Array): Limits {
  const hide = (name: string) => createHmac('sha256', key).update(name).digest('base64url').slice(0, 22)
  return {
    window(limit, { points, seconds }) {
      const rate = { points, duration: seconds }
      return new HiddenNames(hide, {
        ...rate,
        storeClient: redis,
        keyPrefix: `pli:limit:${limit}`,
        rejectIfRedisNotReady: true,
        insuranceLimiter: new RateLimiterMemory(rate),
      })
    },
    buckets(limit, rate) {
      const own = new TokenBuckets(rate)
      return {
        async take(name, nowMs) {
          const place = `pli:bucket:${limit}:${hide(name)}`
          try {
            return Number(await redis.eval(TAKE, 1, place, rate.burst, rate.perSecond / 1000, nowMs))
          } catch {
            return own.take(name, nowMs)
          }
        },
      }
    },
  }
}

class HiddenNames extends RateLimiterRedis {
  readonly #hide: (name: string) => string

  constructor(hide: (name: string) => string, options: ConstructorParameters<typeof RateLimiterRedis>[0]) {
    super(options)
    this.#hide = hide
  }

  override getKey(name: string | number): string {
    return super.getKey(this.#hide(String(name)))
  }
}
