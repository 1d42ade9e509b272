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
    const tokens = this.#tokensOf(name, nowMs)
    if (tokens < 1) return Math.ceil(((1 - tokens) / perSecond) * 1000)
    this.#buckets.set(name, { tokens: Math.min(burst, tokens) - 1, atMs: nowMs })
    if (this.#buckets.size > this.#pruneAtSize) this.#prune(nowMs)
    return 0
  }

  #tokensOf(name: string, nowMs: number): number {
    const { burst, perSecond } = this.#rate
    const bucket = this.#buckets.get(name)
    if (!bucket) return burst
    const elapsedMs = Math.max(0, nowMs - bucket.atMs)
    return Math.min(burst, bucket.tokens + (elapsedMs / 1000) * perSecond)
  }

  #prune(nowMs: number): void {
    for (const name of this.#buckets.keys()) {
      if (this.#tokensOf(name, nowMs) >= this.#rate.burst) this.#buckets.delete(name)
    }
    this.#pruneAtSize = Math.max(NAMES_BEFORE_PRUNING, this.#buckets.size * 2)
  }
}
