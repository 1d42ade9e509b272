/** Kyber1024 as Signal names it. The lattice under it is held against published answers in `testing/known-answers/ml-kem.ts`. */
import { describe, expect, it } from 'vitest'
import { concatBytes } from './bytes.ts'
import { decapsulateKyber, encapsulateKyber, generateKyberKeyPair } from './kyber1024.ts'

describe('Kyber1024', () => {
  it('gives both sides one secret, and another one for a tampered ciphertext', () => {
    const keys = generateKyberKeyPair()
    const { ciphertext, sharedSecret } = encapsulateKyber(keys.publicKey)
    expect(decapsulateKyber(keys.secretKey, ciphertext)).toEqual(sharedSecret)
    const tampered = Uint8Array.from(ciphertext)
    tampered[700] = (tampered[700] ?? 0) ^ 1
    expect(decapsulateKyber(keys.secretKey, tampered)).not.toEqual(sharedSecret)
  })

  it('refuses keys and ciphertexts of another type or length', () => {
    const keys = generateKyberKeyPair()
    const { ciphertext } = encapsulateKyber(keys.publicKey)
    const otherType = (bytes: Uint8Array) => concatBytes(Uint8Array.of(7), bytes.subarray(1))
    const invalidKey = expect.objectContaining({ code: 'invalid_key' })
    const invalidCiphertext = expect.objectContaining({ code: 'invalid_ciphertext' })
    expect(() => encapsulateKyber(otherType(keys.publicKey))).toThrow(invalidKey)
    expect(() => encapsulateKyber(keys.publicKey.subarray(1))).toThrow(invalidKey)
    expect(() => decapsulateKyber(otherType(keys.secretKey), ciphertext)).toThrow(invalidKey)
    expect(() => decapsulateKyber(keys.secretKey, otherType(ciphertext))).toThrow(invalidCiphertext)
    expect(() => decapsulateKyber(keys.secretKey, ciphertext.subarray(1))).toThrow(invalidCiphertext)
  })
})
