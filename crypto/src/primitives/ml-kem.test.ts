/** FIPS 203 known answers: the lattice part under Kyber1024 and the two-step ML-KEM-768. */
import { shake128 } from '@noble/hashes/sha3.js'
import { ml_kem1024 } from '@noble/post-quantum/ml-kem.js'
import { describe, expect, it } from 'vitest'
import vectors from '../../vectors/fips203.json'
import { bytesToHex, concatBytes } from './bytes.ts'
import { decapsulateKyber, encapsulateKyber, generateKyberKeyPair } from './kyber1024.ts'
import {
  decapsulateIncremental,
  encapsulateFirst,
  encapsulateSecond,
  generateIncrementalKeys,
} from './ml-kem-768-incremental.ts'

/** The accumulated vectors: everything is drawn from one SHAKE128 stream and hashed into another. */
function accumulate(
  ciphertextLength: number,
  round: (draw: (length: number) => Uint8Array) => {
    made: Uint8Array[]
    reject: (ct: Uint8Array) => Uint8Array
  },
): string {
  const stream = shake128.create({})
  const hash = shake128.create({ dkLen: 32 })
  const draw = (length: number) => Uint8Array.from(stream.xof(length))
  for (let i = 0; i < 100; i++) {
    const { made, reject } = round(draw)
    hash.update(concatBytes(...made, reject(draw(ciphertextLength))))
  }
  return bytesToHex(hash.digest())
}

describe('FIPS 203', () => {
  it('holds for ML-KEM-768 in two steps', () => {
    const digest = accumulate(1088, (draw) => {
      const keys = generateIncrementalKeys(draw(64))
      const { ciphertext1, state, sharedSecret } = encapsulateFirst(keys.header, draw(32))
      const publicKey = [keys.keyVector, keys.header.subarray(0, 32)]
      return {
        made: [...publicKey, ciphertext1, encapsulateSecond(keys.keyVector, state), sharedSecret],
        reject: (ct) => decapsulateIncremental(keys.decapsulationKey, ct.subarray(0, 960), ct.subarray(960)),
      }
    })
    expect(digest).toBe(vectors.accumulated100.mlKem768)
  })

  it('holds for ML-KEM-1024, on which Kyber1024 rests', () => {
    const digest = accumulate(1568, (draw) => {
      const { publicKey, secretKey } = ml_kem1024.keygen(draw(64))
      const { cipherText, sharedSecret } = ml_kem1024.encapsulate(publicKey, draw(32))
      return {
        made: [publicKey, cipherText, sharedSecret],
        reject: (ct) => ml_kem1024.decapsulate(ct, secretKey),
      }
    })
    expect(digest).toBe(vectors.accumulated100.mlKem1024)
  })
})

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
