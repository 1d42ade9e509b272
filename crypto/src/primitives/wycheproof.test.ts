/**
 * Wycheproof's vectors: the traps that other implementations fell into.
 *
 * They lie outside the repository, in `../shared/vectors` beside it (C2SP/wycheproof, Apache-2.0). Where they are
 * absent these tests are skipped, and the run says so.
 */
import { existsSync, readFileSync } from 'node:fs'
import { sha3_256 } from '@noble/hashes/sha3.js'
import { ml_kem768, ml_kem1024 } from '@noble/post-quantum/ml-kem.js'
import { describe, expect, it } from 'vitest'
import { decryptAesCbc, encryptAesCbc } from './aes.ts'
import { bytesEqual, bytesToHex, concatBytes, hexToBytes } from './bytes.ts'
import { agree } from './curve.ts'
import { hkdfSha256, hmacSha256 } from './hash.ts'
import { encapsulateFirst, encapsulateSecond, keyVectorMatches } from './ml-kem-768-incremental.ts'

const FOLDER = new URL('../../../../shared/vectors/', import.meta.url)
const present = existsSync(FOLDER)
if (!present) console.warn('Wycheproof vectors are not beside this repository: their tests are skipped.')

type Case = Record<string, string> & {
  result: 'valid' | 'invalid' | 'acceptable'
  flags: string[]
  tcId: string
}
interface Group {
  readonly keySize?: number
  readonly ivSize?: number
  readonly tagSize?: number
  readonly tests: readonly Case[]
}

/** Calls `check` for every case; nothing is decided by a case that was not looked at. */
function forEachCase(file: string, check: (test: Case, group: Group) => void): void {
  const { testGroups, numberOfTests } = JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as {
    testGroups: Group[]
    numberOfTests: number
  }
  let seen = 0
  for (const group of testGroups) {
    for (const test of group.tests) {
      check(test, group)
      seen++
    }
  }
  expect(seen).toBe(numberOfTests)
}

const hex = (test: Case, name: string) => hexToBytes(test[name] ?? '')

function attempt<T>(act: () => T): T | undefined {
  try {
    return act()
  } catch {
    return undefined
  }
}

describe.skipIf(!present)('Wycheproof', () => {
  it('x25519: every agreement is right; the all-zero ones are refused', () => {
    forEachCase('x25519_test.json', (test) => {
      const publicKey = concatBytes(Uint8Array.of(5), hex(test, 'public'))
      const shared = attempt(() => agree(hex(test, 'private'), publicKey))
      if (/^0+$/.test(test.shared ?? '')) expect(shared, `case ${test.tcId}`).toBeUndefined()
      else expect(shared && bytesToHex(shared), `case ${test.tcId}`).toBe(test.shared)
    })
  })

  it('hmac_sha256', () => {
    forEachCase('hmac_sha256_test.json', (test, { tagSize = 256 }) => {
      const tag = hmacSha256(hex(test, 'key'), hex(test, 'msg')).subarray(0, tagSize / 8)
      expect(bytesEqual(tag, hex(test, 'tag')), `case ${test.tcId}`).toBe(test.result === 'valid')
    })
  })

  it('hkdf_sha256', () => {
    forEachCase('hkdf_sha256_test.json', (test) => {
      const length = Number(test.size)
      const derived = attempt(() =>
        hkdfSha256(hex(test, 'ikm'), hex(test, 'salt'), hex(test, 'info'), length),
      )
      const right = derived !== undefined && bytesToHex(derived) === test.okm
      expect(right, `case ${test.tcId}`).toBe(test.result === 'valid')
    })
  })

  it('aes_cbc_pkcs5, 256-bit keys', () => {
    forEachCase('aes_cbc_pkcs5_test.json', (test, { keySize }) => {
      if (keySize !== 256) return
      const [key, iv] = [hex(test, 'key'), hex(test, 'iv')]
      const read = attempt(() => decryptAesCbc(key, iv, hex(test, 'ct')))
      expect(read && bytesToHex(read), `case ${test.tcId}`).toBe(
        test.result === 'valid' ? test.msg : undefined,
      )
      if (test.result === 'valid') expect(bytesToHex(encryptAesCbc(key, iv, hex(test, 'msg')))).toBe(test.ct)
    })
  })

  it('mlkem_768_encaps: the two steps give the same; bad keys are refused', () => {
    forEachCase('mlkem_768_encaps_test.json', (test) => {
      const key = hex(test, 'ek')
      const right = attempt(() => {
        const keyVector = key.subarray(0, 1152)
        const header = concatBytes(key.subarray(1152), sha3_256(key))
        const first = encapsulateFirst(header, hex(test, 'm'))
        if (!keyVectorMatches(keyVector, header, first.state, first.ciphertext1)) return false
        const whole = concatBytes(first.ciphertext1, encapsulateSecond(keyVector, first.state))
        return bytesToHex(whole) === test.c && bytesToHex(first.sharedSecret) === test.K
      })
      expect(right ?? false, `case ${test.tcId}`).toBe(test.result === 'valid')
    })
  })

  it.each([
    ['mlkem_768_test.json', ml_kem768],
    ['mlkem_1024_test.json', ml_kem1024],
  ] as const)('%s: key generation and decapsulation', (file, kem) => {
    forEachCase(file, (test) => {
      const shared = attempt(() => {
        const { secretKey } = kem.keygen(hex(test, 'seed'))
        return kem.decapsulate(hex(test, 'c'), secretKey)
      })
      const right = shared !== undefined && bytesToHex(shared) === test.K
      expect(right, `case ${test.tcId}`).toBe(test.result === 'valid')
    })
  })

  it.each([
    ['mlkem_768_keygen_seed_test.json', ml_kem768],
    ['mlkem_1024_keygen_seed_test.json', ml_kem1024],
  ] as const)('%s: keys from seeds', (file, kem) => {
    forEachCase(file, (test) => {
      expect(bytesToHex(kem.keygen(hex(test, 'seed')).publicKey), `case ${test.tcId}`).toBe(test.ek)
    })
  })

  it('mlkem_1024_encaps', () => {
    forEachCase('mlkem_1024_encaps_test.json', (test) => {
      const made = attempt(() => ml_kem1024.encapsulate(hex(test, 'ek'), hex(test, 'm')))
      const right = made && bytesToHex(made.cipherText) === test.c && bytesToHex(made.sharedSecret) === test.K
      expect(right ?? false, `case ${test.tcId}`).toBe(test.result === 'valid')
    })
  })
})
