/** The primitives against the native library, both ways. */
import * as native from '@signalapp/libsignal-client'
import { describe, expect, it } from 'vitest'
import { randomBytes, utf8ToBytes } from './bytes.ts'
import { agree, generateKeyPair, keyPairFromPrivateKey } from './curve.ts'
import { hkdfSha256 } from './hash.ts'
import { decapsulateKyber, generateKyberKeyPair } from './kyber1024.ts'
import { signXeddsa, verifyXeddsa } from './xeddsa.ts'

// the native library's types want bytes over a plain ArrayBuffer
const plain = (bytes: Uint8Array) => Uint8Array.from(bytes)

const rounds = Array.from({ length: 16 }, (_, i) => i)

describe('against the native library', () => {
  it.each(rounds)('agrees on a shared secret and on the public key (%i)', () => {
    const ours = generateKeyPair()
    const theirs = native.PrivateKey.generate()
    const native0 = native.PrivateKey.deserialize(plain(ours.privateKey))
    expect(native0.getPublicKey().serialize()).toEqual(ours.publicKey)
    expect(theirs.agree(native.PublicKey.deserialize(plain(ours.publicKey)))).toEqual(
      agree(ours.privateKey, theirs.getPublicKey().serialize()),
    )
  })

  it.each(rounds)('signatures verify both ways and fail on another message (%i)', (i) => {
    const message = plain(randomBytes(i * 7))
    const ours = keyPairFromPrivateKey(randomBytes(32))
    const nativeKey = native.PrivateKey.deserialize(plain(ours.privateKey))
    const signature = signXeddsa(ours.privateKey, message)
    expect(nativeKey.getPublicKey().verify(message, plain(signature))).toBe(true)
    expect(verifyXeddsa(ours.publicKey, message, nativeKey.sign(message))).toBe(true)
    expect(verifyXeddsa(ours.publicKey, utf8ToBytes('another'), nativeKey.sign(message))).toBe(false)
  })

  it('derives the same keys with HKDF', () => {
    const secret = plain(randomBytes(32))
    const salt = plain(randomBytes(16))
    const label = plain(utf8ToBytes('label'))
    expect(native.hkdf(80, secret, label, salt)).toEqual(hkdfSha256(secret, salt, label, 80))
    expect(native.hkdf(80, secret, label, null)).toEqual(hkdfSha256(secret, undefined, label, 80))
  })

  it('reads our Kyber keys and gives them back unchanged', () => {
    const ours = generateKyberKeyPair()
    expect(native.KEMPublicKey.deserialize(plain(ours.publicKey)).serialize()).toEqual(ours.publicKey)
    expect(native.KEMSecretKey.deserialize(plain(ours.secretKey)).serialize()).toEqual(ours.secretKey)
    expect(() => decapsulateKyber(ours.secretKey, ours.publicKey.subarray(1))).toThrow('wrong type or length')
  })
})
