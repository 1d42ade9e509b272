/** Hashes, key derivation and AES against published answers. */
import { afterEach, describe, expect, it } from 'vitest'
import vectors from '../../vectors/symmetric.json'
import { applyAesCtr, decryptAesCbc, encryptAesCbc, useNodeAes } from './aes.ts'
import { bytesEqual, bytesToHex, bytesToUtf8, hexToBytes, randomBytes } from './bytes.ts'
import { chooseHashes, hkdfSha256, hmacSha256, sha512 } from './hash.ts'

afterEach(() => {
  chooseHashes()
})

describe.each(['node', 'noble'] as const)('hashes by %s', (name) => {
  it('derive and authenticate as published', () => {
    expect(chooseHashes(name)).toBe(true)
    for (const { inputKey, salt, info, output } of vectors.hkdf) {
      const derived = hkdfSha256(hexToBytes(inputKey), hexToBytes(salt), hexToBytes(info), output.length / 2)
      expect(bytesToHex(derived)).toBe(output)
    }
    const [key, data] = [hexToBytes(vectors.hmac.key), hexToBytes(vectors.hmac.data)]
    expect(bytesToHex(hmacSha256(key, data.subarray(0, 5), data.subarray(5)))).toBe(vectors.hmac.output)
    expect(() => hkdfSha256(key, undefined, '', 8_161)).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }),
    )
  })
})

it('hashes by Node and by noble are the same for keys, messages and outputs of any length', () => {
  for (let length = 0; length < 200; length += 7) {
    const [key, data] = [randomBytes(length), randomBytes(3 * length)]
    const all = () =>
      [
        sha512(key, data),
        hmacSha256(key, data, key),
        hkdfSha256(data, undefined, 'label', length + 1),
        hkdfSha256(data, key, data, 8_160),
      ].map(bytesToHex)
    chooseHashes('node')
    const byNode = all()
    chooseHashes('noble')
    expect(byNode).toEqual(all())
  }
})

it('AES by Node and by noble is the same for any length, and so is what they refuse', () => {
  const [key, iv] = [randomBytes(32), randomBytes(16)]
  for (let length = 0; length < 200; length += 7) {
    const plaintext = randomBytes(length)
    const all = () => {
      const encrypted = encryptAesCbc(key, iv, plaintext)
      const broken = Uint8Array.from(encrypted)
      broken.reverse()
      const opened = [
        encrypted,
        broken,
        encrypted.subarray(0, -1),
        encrypted.subarray(16),
        randomBytes(0),
      ].map((ciphertext) => {
        try {
          return bytesToHex(decryptAesCbc(key, iv, ciphertext))
        } catch (error) {
          return (error as { code: string }).code
        }
      })
      return [bytesToHex(encrypted), ...opened]
    }
    expect(useNodeAes(true)).toBe(true)
    const byNode = all()
    expect(useNodeAes(false)).toBe(false)
    expect(byNode).toEqual(all())
    useNodeAes(true)
    expect(byNode[1]).toBe(bytesToHex(plaintext))
  }
})

describe('symmetric primitives', () => {
  it.each(vectors.hkdf)('derives as $source', ({ inputKey, salt, info, output }) => {
    const derived = hkdfSha256(hexToBytes(inputKey), hexToBytes(salt), hexToBytes(info), output.length / 2)
    expect(bytesToHex(derived)).toBe(output)
  })

  it('authenticates as RFC 4231, whole and in parts', () => {
    const [key, data] = [hexToBytes(vectors.hmac.key), hexToBytes(vectors.hmac.data)]
    expect(bytesToHex(hmacSha256(key, data))).toBe(vectors.hmac.output)
    expect(bytesToHex(hmacSha256(key, data.subarray(0, 5), data.subarray(5)))).toBe(vectors.hmac.output)
  })

  it('encrypts in CBC mode as NIST does, and refuses what does not decrypt', () => {
    const { key, iv, plaintext, ciphertext } = vectors.aesCbc
    const [k, v] = [hexToBytes(key), hexToBytes(iv)]
    const encrypted = encryptAesCbc(k, v, hexToBytes(plaintext))
    expect(bytesToHex(encrypted.subarray(0, 64))).toBe(ciphertext)
    expect(bytesToHex(decryptAesCbc(k, v, encrypted))).toBe(plaintext)
    const refused = expect.objectContaining({ code: 'invalid_ciphertext' })
    for (const cut of [0, 15, 79]) {
      expect(() => decryptAesCbc(k, v, encrypted.subarray(0, cut))).toThrow(refused)
    }
    expect(() => decryptAesCbc(k, v, encrypted.subarray(0, 64))).toThrow(refused)
  })

  it('encrypts in CTR mode as libsignal does', () => {
    const { key, ciphertext } = vectors.aesCtr
    const encrypted = applyAesCtr(hexToBytes(key), new Uint8Array(16), new Uint8Array(35))
    expect(bytesToHex(encrypted)).toBe(ciphertext)
  })
})

describe('byte strings', () => {
  it('compare by content and length', () => {
    expect(bytesEqual(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).toBe(true)
    expect(bytesEqual(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false)
    expect(bytesEqual(Uint8Array.of(1, 2), Uint8Array.of(1, 2, 0))).toBe(false)
  })

  it('are random beyond what one call of the platform gives', () => {
    const bytes = randomBytes(70_000)
    expect(bytes.subarray(69_000).some((byte) => byte !== 0)).toBe(true)
  })

  it('that are no text or no hexadecimal are refused', () => {
    expect(() => bytesToUtf8(Uint8Array.of(0xff))).toThrow(expect.objectContaining({ code: 'malformed' }))
    for (const text of ['abc', 'zz', '0x00']) {
      expect(() => hexToBytes(text)).toThrow(expect.objectContaining({ code: 'malformed' }))
    }
  })
})
