/** X25519: known answers, and points that no honest peer sends. */
import { ed25519, x25519 } from '@noble/curves/ed25519.js'
import { describe, expect, it } from 'vitest'
import libsignal from '../../vectors/libsignal.json'
import rfc7748 from '../../vectors/rfc7748.json'
import { bytesToHex, concatBytes, hexToBytes } from './bytes.ts'
import {
  agree,
  generateKeyPair,
  isCanonicalPublicKey,
  keyPairFromPrivateKey,
  parsePublicKey,
} from './curve.ts'

const withType = (u: string) => concatBytes(Uint8Array.of(5), hexToBytes(u))

// u coordinates of order 1, 2, 4 and 8 (RFC 7748 section 7; curve25519-dalek EIGHT_TORSION)
const SMALL_ORDER = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]

describe('X25519', () => {
  it.each(rfc7748.agreements)('gives the answer of RFC 7748 (%#)', ({ privateKey, u, shared }) => {
    expect(bytesToHex(agree(hexToBytes(privateKey), withType(u)))).toBe(shared)
  })

  it('gives the iterated answers of RFC 7748', () => {
    let k = hexToBytes(`09${'00'.repeat(31)}`)
    let u = k
    for (let i = 1; i <= 1000; i++) {
      const next = agree(k, concatBytes(Uint8Array.of(5), u))
      u = k
      k = next
      if (i === 1) expect(bytesToHex(k)).toBe(rfc7748.iterated.once)
    }
    expect(bytesToHex(k)).toBe(rfc7748.iterated.thousandTimes)
  })

  it("gives libsignal's answer", () => {
    const { privateKey, publicKey, theirPublicKey, shared } = libsignal.agreement
    const pair = keyPairFromPrivateKey(hexToBytes(privateKey))
    expect(pair.publicKey).toEqual(withType(publicKey))
    expect(bytesToHex(agree(pair.privateKey, withType(theirPublicKey)))).toBe(shared)
  })

  it.each(SMALL_ORDER)('refuses the small-order point %s', (u) => {
    expect(() => agree(generateKeyPair().privateKey, withType(u))).toThrow(
      expect.objectContaining({ code: 'invalid_key_agreement' }),
    )
    expect(isCanonicalPublicKey(withType(u))).toBe(false)
  })

  it('tells a second spelling of a point and one with a small-order part from a canonical key', () => {
    const { publicKey } = generateKeyPair()
    expect(isCanonicalPublicKey(publicKey)).toBe(true)
    const highBit = Uint8Array.from(publicKey)
    highBit[32] = (highBit[32] ?? 0) | 0x80
    expect(isCanonicalPublicKey(highBit)).toBe(false)
    // the base point u = 9 as 9 + p
    expect(isCanonicalPublicKey(withType(`f6${'ff'.repeat(30)}7f`))).toBe(false)
    expect(isCanonicalPublicKey(withTorsion(publicKey))).toBe(false)
  })

  it('refuses keys of another type or length', () => {
    const { publicKey, privateKey } = generateKeyPair()
    const refused = expect.objectContaining({ code: 'invalid_key' })
    const otherType = Uint8Array.from(publicKey)
    otherType[0] = 6
    for (const key of [otherType, publicKey.subarray(1), concatBytes(publicKey, Uint8Array.of(0))]) {
      expect(() => parsePublicKey(key)).toThrow(refused)
      expect(() => agree(privateKey, key)).toThrow(refused)
    }
    expect(() => keyPairFromPrivateKey(privateKey.subarray(1))).toThrow(refused)
  })
})

// adds a point of order 8: agreement still works, but the key is one of eight for the same secret
function withTorsion(publicKey: Uint8Array): Uint8Array {
  const { Fp } = ed25519.Point
  const u = Fp.fromBytes(publicKey.subarray(1))
  const y = Fp.mul(Fp.sub(u, Fp.ONE), Fp.inv(Fp.add(u, Fp.ONE)))
  const torsion = ed25519.Point.fromHex('c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a')
  const sum = ed25519.Point.fromBytes(Fp.toBytes(y)).add(torsion).toAffine()
  const moved = Fp.mul(Fp.add(Fp.ONE, sum.y), Fp.inv(Fp.sub(Fp.ONE, sum.y)))
  const key = concatBytes(Uint8Array.of(5), Fp.toBytes(moved))
  expect(x25519.getSharedSecret(generateKeyPair().privateKey, key.subarray(1))).toHaveLength(32)
  return key
}
