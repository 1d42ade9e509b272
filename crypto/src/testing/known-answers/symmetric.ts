/** Hashes, key derivation and AES: RFCs, NIST, libsignal, Wycheproof; GCM both by WebCrypto and by noble. */
import { argon2idAsync } from '@noble/hashes/argon2.js'
import symmetric from '../../../vectors/symmetric.json'
import { createChunkCipher } from '../../attachment/chunk-cipher.ts'
import { applyAesCtr, decryptAesCbc, encryptAesCbc } from '../../primitives/aes.ts'
import { bytesEqual, bytesToHex, concatBytes, hexToBytes } from '../../primitives/bytes.ts'
import { hkdfSha256, hmacSha256 } from '../../primitives/hash.ts'
import { attempt, type Check, expectEqual, expectTrue } from './check.ts'
import { forEachCase, hex } from './wycheproof.ts'

const known: Check[] = [
  {
    name: 'HKDF-SHA-256: RFC 5869; HMAC-SHA-256: RFC 4231',
    async run() {
      for (const { inputKey, salt, info, output, source } of symmetric.hkdf) {
        const length = output.length / 2
        const derived = hkdfSha256(hexToBytes(inputKey), hexToBytes(salt), hexToBytes(info), length)
        expectEqual(derived, output, source)
      }
      const { key, data, output, source } = symmetric.hmac
      expectEqual(hmacSha256(hexToBytes(key), hexToBytes(data)), output, source)
      return symmetric.hkdf.length + 1
    },
  },
  {
    name: "AES-256-CBC: NIST SP 800-38A; CTR: libsignal's",
    async run() {
      const { key, iv, plaintext, ciphertext } = symmetric.aesCbc
      const [k, v] = [hexToBytes(key), hexToBytes(iv)]
      const encrypted = encryptAesCbc(k, v, hexToBytes(plaintext))
      expectEqual(encrypted.subarray(0, 64), ciphertext, 'encrypting')
      expectEqual(decryptAesCbc(k, v, encrypted), plaintext, 'decrypting')
      const stream = applyAesCtr(hexToBytes(symmetric.aesCtr.key), new Uint8Array(16), new Uint8Array(35))
      expectEqual(stream, symmetric.aesCtr.ciphertext, 'CTR')
      return 3
    },
  },
  {
    name: 'Argon2id: RFC 9106, 5.3',
    async run() {
      const filled = (length: number, value: number) => new Uint8Array(length).fill(value)
      const cost = { m: 32, t: 3, p: 4, dkLen: 32 }
      const tag = await argon2idAsync(filled(32, 1), filled(16, 2), {
        ...cost,
        key: filled(8, 3),
        personalization: filled(12, 4),
      })
      expectEqual(tag, '0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659', 'tag')
      return 1
    },
  },
]

const wycheproof: Check[] = [
  {
    name: 'HMAC-SHA-256: Wycheproof',
    needs: ['hmac_sha256_test.json'],
    run: (read) =>
      forEachCase(read, 'hmac_sha256_test.json', (test, { tagSize = 256 }) => {
        const tag = hmacSha256(hex(test, 'key'), hex(test, 'msg')).subarray(0, tagSize / 8)
        expectTrue(bytesEqual(tag, hex(test, 'tag')) === (test.result === 'valid'), `case ${test.tcId}`)
      }),
  },
  {
    name: 'HKDF-SHA-256: Wycheproof',
    needs: ['hkdf_sha256_test.json'],
    run: (read) =>
      forEachCase(read, 'hkdf_sha256_test.json', async (test) => {
        const [key, salt, info] = [hex(test, 'ikm'), hex(test, 'salt'), hex(test, 'info')]
        const derived = await attempt(() => hkdfSha256(key, salt, info, Number(test.size)))
        const right = derived !== undefined && bytesToHex(derived) === test.okm
        expectTrue(right === (test.result === 'valid'), `case ${test.tcId}`)
      }),
  },
  {
    name: 'AES-256-CBC: Wycheproof aes_cbc_pkcs5',
    needs: ['aes_cbc_pkcs5_test.json'],
    run: (read) =>
      forEachCase(read, 'aes_cbc_pkcs5_test.json', async (test, { keySize }) => {
        if (keySize !== 256) return
        const [key, iv] = [hex(test, 'key'), hex(test, 'iv')]
        const opened = await attempt(() => decryptAesCbc(key, iv, hex(test, 'ct')))
        const isValid = test.result === 'valid'
        expectTrue((opened && bytesToHex(opened)) === (isValid ? test.msg : undefined), `case ${test.tcId}`)
        if (isValid) expectEqual(encryptAesCbc(key, iv, hex(test, 'msg')), test.ct ?? '', `case ${test.tcId}`)
      }),
  },
]

function gcmCheck(by: string, withPlatform: boolean): Check {
  return {
    name: `AES-256-GCM by ${by}: Wycheproof aes_gcm`,
    needs: ['aes_gcm_test.json'],
    run: (read) =>
      forEachCase(read, 'aes_gcm_test.json', async (test, { keySize, ivSize, tagSize }) => {
        if (keySize !== 256 || ivSize !== 96 || tagSize !== 128) return
        const key = hex(test, 'key')
        const cipher = await (withPlatform ? createChunkCipher(key) : createChunkCipher(key, null))
        const [nonce, aad] = [hex(test, 'iv'), hex(test, 'aad')]
        const sealed = concatBytes(hex(test, 'ct'), hex(test, 'tag'))
        const opened = await attempt(() => cipher.open(sealed, nonce, aad))
        const isValid = test.result === 'valid'
        expectTrue((opened && bytesToHex(opened)) === (isValid ? test.msg : undefined), `case ${test.tcId}`)
        if (!isValid) return
        const again = await cipher.seal(hex(test, 'msg'), nonce, aad)
        expectEqual(again, bytesToHex(sealed), `case ${test.tcId}`)
      }),
  }
}

export const symmetricChecks: readonly Check[] = [
  ...known,
  ...wycheproof,
  gcmCheck('the platform', true),
  gcmCheck('noble', false),
]
