/** The two-step encapsulation against noble's one-step ML-KEM-768. */
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js'
import { describe, expect, it } from 'vitest'
import { concatBytes, randomBytes } from './bytes.ts'
import {
  decapsulateIncremental,
  encapsulateFirst,
  encapsulateSecond,
  generateIncrementalKeys,
  keyVectorMatches,
} from './ml-kem-768-incremental.ts'

const rounds = Array.from({ length: 25 }, (_, i) => i)

describe('incremental ML-KEM-768', () => {
  it.each(rounds)('gives the very ciphertext and secret of the one-step encapsulation (%i)', () => {
    const keys = generateIncrementalKeys()
    const message = randomBytes(32)
    const first = encapsulateFirst(keys.header, message)
    const second = encapsulateSecond(keys.keyVector, first.state)
    const whole = ml_kem768.encapsulate(concatBytes(keys.keyVector, keys.header.subarray(0, 32)), message)
    expect(first.ciphertext1).toEqual(whole.cipherText.slice(0, 960))
    expect(second).toEqual(whole.cipherText.slice(960))
    expect(first.sharedSecret).toEqual(whole.sharedSecret)
    expect(decapsulateIncremental(keys.decapsulationKey, first.ciphertext1, second)).toEqual(
      first.sharedSecret,
    )
    expect(keyVectorMatches(keys.keyVector, keys.header, first.state, first.ciphertext1)).toBe(true)
  })

  it('refuses a key vector of another key, and one with a coefficient that is not reduced', () => {
    const keys = generateIncrementalKeys()
    const other = generateIncrementalKeys()
    const { state, ciphertext1 } = encapsulateFirst(keys.header)
    expect(keyVectorMatches(other.keyVector, keys.header, state, ciphertext1)).toBe(false)
    const unreduced = Uint8Array.from(keys.keyVector)
    unreduced.fill(0xff, 0, 3)
    expect(keyVectorMatches(unreduced, keys.header, state, ciphertext1)).toBe(false)
  })

  it('refuses a first part that was not made by this encapsulation', () => {
    const keys = generateIncrementalKeys()
    const { state } = encapsulateFirst(keys.header)
    const another = encapsulateFirst(keys.header)
    expect(keyVectorMatches(keys.keyVector, keys.header, state, another.ciphertext1)).toBe(false)
  })
})
