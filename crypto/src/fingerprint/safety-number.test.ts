import * as native from '@signalapp/libsignal-client'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { accountIdFromBytes, accountIdToBytes } from '../account-id.ts'
import { CryptoError } from '../errors.ts'
import { bytesToHex, hexToBytes, utf8ToBytes } from '../primitives/bytes.ts'
import { generateKeyPair } from '../primitives/curve.ts'
import { compareSafetyNumber, computeSafetyNumber, type SafetyNumberParty } from './index.ts'
import { fingerprintOf, safetyNumberOf } from './safety-number.ts'

const plain = (bytes: Uint8Array) => Uint8Array.from(bytes)

function party(): SafetyNumberParty {
  return { accountId: crypto.randomUUID(), identityKey: generateKeyPair().publicKey }
}

function nativeFingerprint(local: SafetyNumberParty, remote: SafetyNumberParty, version = 2) {
  const key = (side: SafetyNumberParty) => native.PublicKey.deserialize(plain(side.identityKey))
  const id = (side: SafetyNumberParty) => plain(accountIdToBytes(side.accountId))
  return native.Fingerprint.new(5200, version, id(local), key(local), id(remote), key(remote))
}

const codeOf = (run: () => unknown): string | undefined => {
  try {
    run()
  } catch (error) {
    if (error instanceof CryptoError) return error.code
    throw error
  }
  return undefined
}

/** Published in libsignal 0.103.0, `rust/protocol/src/fingerprint.rs`, test `fingerprint_test_v2`. */
describe("libsignal's known answers", () => {
  const alice = fingerprintOf(
    utf8ToBytes('+14152222222'),
    hexToBytes('0506863bc66d02b40d27b8d49ca7c09e9239236f9d7d25d6fcca5ce13c7064d868'),
  )
  const bob = fingerprintOf(
    utf8ToBytes('+14153333333'),
    hexToBytes('05f781b6fb32fed9ba1cf2de978d4d5da28dc34046ae814402b5c0dbd96fda907b'),
  )
  const aliceHalf = '1e301a0353dce3dbe7684cb8336e85136cdc0ee96219494ada305d62a7bd61df'
  const bobHalf = 'd62cbf73a11592015b6b9f1682ac306fea3aaf3885b84d12bca631e9d4fb3a4d'

  it('gives the digits, the same from both sides', () => {
    const digits = '300354477692869396892869876765458257569162576843440918079131'
    expect(safetyNumberOf(alice, bob).digits).toBe(digits)
    expect(safetyNumberOf(bob, alice).digits).toBe(digits)
  })

  it('gives the scannable form', () => {
    expect(bytesToHex(safetyNumberOf(alice, bob).scannable)).toBe(
      `080212220a20${aliceHalf}1a220a20${bobHalf}`,
    )
    expect(bytesToHex(safetyNumberOf(bob, alice).scannable)).toBe(
      `080212220a20${bobHalf}1a220a20${aliceHalf}`,
    )
  })
})

describe('against the native library', () => {
  it('shows the same digits and carries the same bytes', async () => {
    for (let round = 0; round < 5; round++) {
      const [local, remote] = [party(), party()]
      const ours = await computeSafetyNumber(local, remote)
      const theirs = nativeFingerprint(local, remote)
      expect(ours.digits).toBe(theirs.displayableFingerprint().toString())
      expect(ours.digits).toMatch(/^\d{60}$/)
      expect(ours.scannable).toEqual(theirs.scannableFingerprint().toBuffer())
    }
  })

  it('each accepts a code that the other shows', async () => {
    const [local, remote] = [party(), party()]
    const ours = await computeSafetyNumber(local, remote)
    const theirs = nativeFingerprint(remote, local).scannableFingerprint()
    expect(compareSafetyNumber(ours.scannable, theirs.toBuffer())).toBe('match')
    expect(theirs.compare(native.ScannableFingerprint._fromBuffer(plain(ours.scannable)))).toBe(true)
  })

  it('comes to the same verdict about every code, in both directions', async () => {
    const [local, remote, stranger] = [party(), party(), party()]
    const shown = [
      [remote, local],
      [local, remote],
      [stranger, local],
      [remote, stranger],
      [{ ...remote, identityKey: stranger.identityKey }, local],
      [remote, { ...local, accountId: stranger.accountId }],
    ] as const
    const ours = (await computeSafetyNumber(local, remote)).scannable
    const theirs = nativeFingerprint(local, remote).scannableFingerprint()
    const verdicts: boolean[] = []
    for (const [from, to] of shown) {
      const ourCode = plain((await computeSafetyNumber(from, to)).scannable)
      const theirCode = nativeFingerprint(from, to).scannableFingerprint()
      expect(ourCode).toEqual(theirCode.toBuffer())
      const verdict = compareSafetyNumber(ours, theirCode.toBuffer()) === 'match'
      expect(theirs.compare(native.ScannableFingerprint._fromBuffer(ourCode))).toBe(verdict)
      verdicts.push(verdict)
    }
    expect(verdicts).toEqual([true, false, false, false, false, false])
  })

  it.each([0, 1, 3])(
    'refuses a code of version %i as native does; its digits are the same',
    async (version) => {
      const [local, remote] = [party(), party()]
      const ours = await computeSafetyNumber(local, remote)
      const other = nativeFingerprint(remote, local, version)
      const scannable = other.scannableFingerprint()
      expect(codeOf(() => compareSafetyNumber(ours.scannable, scannable.toBuffer()))).toBe(
        'fingerprint_version',
      )
      const asNative = native.ScannableFingerprint._fromBuffer(plain(ours.scannable))
      expect(() => scannable.compare(asNative)).toThrow()
      expect(() => asNative.compare(scannable)).toThrow()
      expect(other.displayableFingerprint().toString()).toBe(ours.digits)
    },
  )

  it('refuses what native refuses: a code that is cut off', async () => {
    const [local, remote] = [party(), party()]
    const ours = (await computeSafetyNumber(local, remote)).scannable
    const theirs = native.ScannableFingerprint._fromBuffer(plain(ours))
    for (let length = 0; length < ours.length; length++) {
      const cut = plain(ours.subarray(0, length))
      expect(() => theirs.compare(native.ScannableFingerprint._fromBuffer(cut)), `${length}`).toThrow()
      expect(
        codeOf(() => compareSafetyNumber(ours, cut)),
        `${length}`,
      ).toMatch(/^(malformed|fingerprint_version)$/)
    }
  })
})

describe('comparing a scanned code', () => {
  it('tells a stranger in between, another account, and one’s own code', async () => {
    const [local, remote, stranger] = [party(), party(), party()]
    const ours = (await computeSafetyNumber(local, remote)).scannable
    const scanned = async (from: SafetyNumberParty, to: SafetyNumberParty) =>
      compareSafetyNumber(ours, (await computeSafetyNumber(from, to)).scannable)
    expect(await scanned(remote, local)).toBe('match')
    expect(await scanned({ ...remote, identityKey: stranger.identityKey }, local)).toBe('mismatch')
    expect(await scanned(remote, { ...local, identityKey: stranger.identityKey })).toBe('mismatch')
    expect(await scanned({ ...remote, accountId: stranger.accountId }, local)).toBe('mismatch')
    expect(await scanned(local, remote)).toBe('mismatch')
  })

  it('refuses another version and what is no safety number, each with its code', async () => {
    const [local, remote] = [party(), party()]
    const ours = (await computeSafetyNumber(local, remote)).scannable
    const version1 = ours.slice()
    version1[1] = 1
    expect(codeOf(() => compareSafetyNumber(ours, version1))).toBe('fingerprint_version')
    expect(codeOf(() => compareSafetyNumber(ours, ours.subarray(2)))).toBe('fingerprint_version')
    expect(codeOf(() => compareSafetyNumber(ours, ours.subarray(0, 38)))).toBe('malformed')
    expect(codeOf(() => compareSafetyNumber(ours, utf8ToBytes('https://example.org/a-poster')))).toBe(
      'malformed',
    )
    expect(codeOf(() => compareSafetyNumber(ours, new Uint8Array(300)))).toBe('too_large')
  })

  it('never fails otherwise, whatever is scanned', async () => {
    const ours = (await computeSafetyNumber(party(), party())).scannable
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (scanned) => {
        const code = codeOf(() => expect(compareSafetyNumber(ours, scanned)).toBe('mismatch'))
        expect(['malformed', 'too_large', 'fingerprint_version', undefined]).toContain(code)
      }),
    )
  })
})

describe('account ids', () => {
  it('go to bytes and back, and only lower-case UUIDs do', () => {
    const accountId = crypto.randomUUID()
    expect(accountIdFromBytes(accountIdToBytes(accountId))).toBe(accountId)
    for (const bad of ['', accountId.toUpperCase(), accountId.replaceAll('-', ''), `${accountId}0`]) {
      expect(codeOf(() => accountIdToBytes(bad))).toBe('malformed')
    }
    expect(codeOf(() => accountIdFromBytes(new Uint8Array(15)))).toBe('malformed')
  })
})
