import * as native from '@signalapp/libsignal-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { concatBytes, randomBytes } from './bytes.ts'
import { bigIntToLittleEndian, generateKeyPair, littleEndianToBigInt } from './curve.ts'
import {
  checkSignature,
  chooseSignatureCheck,
  type SignatureCheckName,
  signatureCheckName,
} from './signature-check.ts'
import { signXeddsa, verifyXeddsa } from './xeddsa.ts'

const GROUP_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n
const plain = (bytes: Uint8Array) => Uint8Array.from(bytes)
const verifyNative = (key: Uint8Array, message: Uint8Array, signature: Uint8Array) =>
  native.PublicKey.deserialize(plain(key)).verify(plain(message), plain(signature))

afterAll(() => chooseSignatureCheck())

it('takes what the platform has', async () => {
  expect(await signatureCheckName()).toBe('node')
})

describe.each<SignatureCheckName>(['node', 'webcrypto', 'noble'])('by %s', (name) => {
  beforeAll(async () => {
    await chooseSignatureCheck(name)
    expect(await signatureCheckName()).toBe(name)
  })

  it('believes genuine signatures, ours and the native library’s, of both signs', async () => {
    const signs = new Set<number>()
    for (let i = 0; i < 24; i++) {
      const { publicKey, privateKey } = generateKeyPair()
      const message = randomBytes(i * 5)
      const byNative = native.PrivateKey.deserialize(plain(privateKey)).sign(message)
      for (const signature of [signXeddsa(privateKey, message), byNative]) {
        signs.add(signature[63]! >> 7)
        expect(await checkSignature(publicKey, message, signature)).toBe(true)
        expect(await checkSignature(publicKey, randomBytes(8), signature)).toBe(false)
        expect(await checkSignature(generateKeyPair().publicKey, message, signature)).toBe(false)
      }
    }
    expect(signs.size).toBe(2)
  })

  it('sees every changed bit of a signature', async () => {
    const { publicKey, privateKey } = generateKeyPair()
    const message = randomBytes(20)
    const signature = signXeddsa(privateKey, message)
    for (let bit = 0; bit < 512; bit += 3) {
      const changed = signature.slice()
      changed[bit >> 3]! ^= 1 << (bit % 8)
      expect(await checkSignature(publicKey, message, changed), `bit ${bit}`).toBe(false)
    }
  })

  it('answers as the native library does about scalars that are not reduced', async () => {
    const { publicKey, privateKey } = generateKeyPair()
    const message = randomBytes(20)
    const signature = signXeddsa(privateKey, message)
    const scalar = littleEndianToBigInt(plain(signature.subarray(32)).with(31, signature[63]! & 0x7f))
    for (const multiple of [1n, 2n, 4n, 7n]) {
      const value = scalar + multiple * GROUP_ORDER
      if (value >= 2n ** 255n) continue
      const bytes = bigIntToLittleEndian(value)
      bytes[31]! |= signature[63]! & 0x80
      const other = concatBytes(signature.subarray(0, 32), bytes)
      expect(await checkSignature(publicKey, message, other)).toBe(verifyNative(publicKey, message, other))
    }
  })

  it('refuses keys of small order, points off the curve and wrong lengths, without an error', async () => {
    const { publicKey, privateKey } = generateKeyPair()
    const message = randomBytes(20)
    const signature = signXeddsa(privateKey, message)
    const withPoint = (u: Uint8Array) => concatBytes(Uint8Array.of(5), u)
    const minusOne = new Uint8Array(32).fill(0xff)
    minusOne[0] = 0xec
    minusOne[31] = 0x7f
    const small = [new Uint8Array(32), new Uint8Array(32).with(0, 1), minusOne]
    // under a key of small order, R = 0 and s = 0 would verify
    const forged = concatBytes(new Uint8Array(32).with(0, 1), new Uint8Array(32))
    for (const key of [...small, new Uint8Array(32).with(0, 2)].map(withPoint)) {
      for (const candidate of [signature, forged]) {
        expect(await checkSignature(key, message, candidate)).toBe(false)
        expect(verifyXeddsa(key, message, candidate)).toBe(false)
      }
    }
    expect(await checkSignature(publicKey.subarray(1), message, signature)).toBe(false)
    expect(await checkSignature(publicKey.with(0, 6), message, signature)).toBe(false)
    expect(await checkSignature(publicKey, message, signature.subarray(1))).toBe(false)
    expect(await checkSignature(publicKey, message, new Uint8Array(64))).toBe(false)
  })

  it('keeps telling keys apart when there were more than it remembers', async () => {
    const message = randomBytes(4)
    const first = generateKeyPair()
    const signature = signXeddsa(first.privateKey, message)
    for (let i = 0; i < 140; i++) expect(await checkSignature(publicKeyOf(i), message, signature)).toBe(false)
    expect(await checkSignature(first.publicKey, message, signature)).toBe(true)
  })
})

/** A key that nobody holds, on the curve or off it. */
function publicKeyOf(seed: number): Uint8Array {
  return concatBytes(Uint8Array.of(5), new Uint8Array(32).with(0, 2 + seed))
}
