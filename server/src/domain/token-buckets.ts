/**
 * Rate limiting in memory: each name has a bucket of tokens that refills steadily. One name per bucket, never a pair
 * of people: who asked for whom is kept nowhere. Not concerned with what is limited.
 */
export interface BucketRate {
  /** What may come at once. */
  burst: number
  perSecond: number
}

interface Bucket {
  tokens: number
  atMs: number
}

/** Above this many names, those whose bucket is full again are dropped. */
const NAMES_BEFORE_PRUNING = 10_000

export class TokenBuckets {
  readonly #rate: BucketRate
  readonly #buckets = new Map<string, Bucket>()
  #pruneAtSize = NAMES_BEFORE_PRUNING

  constructor(rate: BucketRate) {
    this.#rate = rate
  }

  /** Takes a token. Returns 0, or after how many milliseconds there will be one. */
  take(name: string, nowMs: number): number {
    const { burst, perSecond } = this.#rate
    const bucket = this.#buckets.get(name)
    if (bucket) {
      bucket.tokens = this.#tokensIn(bucket, nowMs)
      // Also when the clock was set back: what was taken in a future that did not come must refill from now.
      bucket.atMs = nowMs
      if (bucket.tokens < 1) return Math.ceil(((1 - bucket.tokens) / perSecond) * 1000)
      bucket.tokens -= 1
      return 0
    }
    if (burst < 1) return Math.ceil(((1 - burst) / perSecond) * 1000)
    this.#buckets.set(name, { tokens: burst - 1, atMs: nowMs })
    if (this.#buckets.size > this.#pruneAtSize) this.#prune(nowMs)
    return 0
  }

  #tokensIn(bucket: Bucket, nowMs: number): number {
    const { burst, perSecond } = this.#rate
    const elapsedMs = Math.max(0, nowMs - bucket.atMs)
    return Math.min(burst, bucket.tokens + (elapsedMs / 1000) * perSecond)
  }

  #prune(nowMs: number): void {
    for (const [name, bucket] of this.#buckets) {
      if (this.#tokensIn(bucket, nowMs) >= this.#rate.burst) this.#buckets.delete(name)
    }
    this.#pruneAtSize = Math.max(NAMES_BEFORE_PRUNING, this.#buckets.size * 2)
  }
}
