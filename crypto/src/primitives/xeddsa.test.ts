/** XEdDSA: libsignal's vector, Ed25519's vectors carried over, and forgeries. */
import { ed25519 } from '@noble/curves/ed25519.js'
import { describe, expect, it } from 'vitest'
import libsignal from '../../vectors/libsignal.json'
import rfc8032 from '../../vectors/rfc8032.json'
import { concatBytes, hexToBytes, randomBytes } from './bytes.ts'
import { generateKeyPair, keyPairFromPrivateKey } from './curve.ts'
import { signXeddsa, verifyXeddsa } from './xeddsa.ts'

const withType = (u: Uint8Array) => concatBytes(Uint8Array.of(5), u)

describe('XEdDSA', () => {
  const publicKey = withType(hexToBytes(libsignal.signature.publicKey))
  const message = hexToBytes(libsignal.signature.message)
  const signature = hexToBytes(libsignal.signature.signature)

  it("verifies libsignal's signature, and not one bit of it changed", () => {
    expect(keyPairFromPrivateKey(hexToBytes(libsignal.signature.privateKey)).publicKey).toEqual(publicKey)
    expect(verifyXeddsa(publicKey, message, signature)).toBe(true)
    for (let bit = 0; bit < 8 * signature.length; bit++) {
      const changed = Uint8Array.from(signature)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(verifyXeddsa(publicKey, message, changed)).toBe(false)
    }
  })

  it.each(rfc8032)('verifies the Ed25519 signature of RFC 8032 (%#)', (vector) => {
    const edwards = hexToBytes(vector.publicKey)
    const montgomery = withType(ed25519.utils.toMontgomery(edwards))
    const moved = hexToBytes(vector.signature)
    moved[63] = (moved[63] ?? 0) | ((edwards[31] ?? 0) & 0x80)
    expect(verifyXeddsa(montgomery, hexToBytes(vector.message), moved)).toBe(true)
    expect(verifyXeddsa(montgomery, hexToBytes(`${vector.message}00`), moved)).toBe(false)
  })

  it('signs with fresh randomness, and the same with the same', () => {
    const { privateKey, publicKey: own } = generateKeyPair()
    const body = randomBytes(100)
    expect(signXeddsa(privateKey, body)).not.toEqual(signXeddsa(privateKey, body))
    const random = randomBytes(64)
    expect(signXeddsa(privateKey, body, random)).toEqual(signXeddsa(privateKey, body, random))
    expect(verifyXeddsa(own, body, signXeddsa(privateKey, body))).toBe(true)
    expect(verifyXeddsa(generateKeyPair().publicKey, body, signXeddsa(privateKey, body))).toBe(false)
  })

  it('refuses a small-order key, under which anybody could sign', () => {
    // R = identity, s = 0 satisfies the equation for a key of order 1 or 2 and any even hash
    const forged = new Uint8Array(64)
    forged[0] = 1
    const zero = withType(new Uint8Array(32))
    for (let i = 0; i < 16; i++) expect(verifyXeddsa(zero, Uint8Array.of(i), forged)).toBe(false)
  })

  it('takes malformed input for no signature', () => {
    expect(verifyXeddsa(publicKey.subarray(1), message, signature)).toBe(false)
    expect(verifyXeddsa(publicKey, message, signature.subarray(1))).toBe(false)
    // u = −1 has no Edwards point
    expect(verifyXeddsa(withType(hexToBytes(`ec${'ff'.repeat(30)}7f`)), message, signature)).toBe(false)
  })
})
