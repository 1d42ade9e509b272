import { expect, it } from 'vitest'
import { TokenBuckets } from './token-buckets.ts'

it('gives a burst, then says how long to wait, and refills steadily', () => {
  const buckets = new TokenBuckets({ burst: 3, perSecond: 2 })
  expect([1, 2, 3, 4].map(() => buckets.take('a', 1_000))).toEqual([0, 0, 0, 500])
  expect(buckets.take('a', 1_250)).toBe(250)
  expect(buckets.take('a', 1_500)).toBe(0)
  expect(buckets.take('a', 1_500)).toBe(500)
})

it('never holds more than a burst, and lets one name not spend another’s', () => {
  const buckets = new TokenBuckets({ burst: 2, perSecond: 1 })
  buckets.take('a', 0)
  expect([1, 2, 3].map(() => buckets.take('a', 3_600_000))).toEqual([0, 0, 1_000])
  expect(buckets.take('b', 3_600_000)).toBe(0)
})

it('gives nothing for a clock that goes back', () => {
  const buckets = new TokenBuckets({ burst: 1, perSecond: 1 })
  buckets.take('a', 10_000)
  expect(buckets.take('a', 0)).toBe(1_000)
})

it('refills from now when the clock was set back, not from a future that did not come', () => {
  const buckets = new TokenBuckets({ burst: 1, perSecond: 1 })
  buckets.take('a', 3_600_000)
  buckets.take('a', 0)
  expect(buckets.take('a', 1_000)).toBe(0)
})

it('still limits who spends, after many names came and went', () => {
  const buckets = new TokenBuckets({ burst: 1, perSecond: 0.001 })
  buckets.take('spender', 0)
  for (let index = 0; index < 30_000; index += 1) buckets.take(`name ${index}`, 0)
  expect(buckets.take('spender', 1_000)).toBeGreaterThan(0)
})
