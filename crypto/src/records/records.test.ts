/** Records: one form each, believed only between the parties and of the kind that were expected. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CryptoErrorCode } from '../errors.ts'
import { generateKyberPreKeyRecord, generateSignedPreKeyRecord } from '../identity/prekeys.ts'
import { bytesToHex, concatBytes, utf8ToBytes } from '../primitives/bytes.ts'
import { generateKeyPair } from '../primitives/curve.ts'
import { sha512 } from '../primitives/hash.ts'
import { signXeddsa, verifyXeddsa } from '../primitives/xeddsa.ts'
import { ProtobufWriter, readProtobuf } from '../wire/protobuf.ts'
import { hashRecord, readUnverifiedRecord, type SignableRecord, signRecord, verifyRecord } from './index.ts'
import { decodeRecord, encodeRecord } from './record.ts'

const signerKeys = generateKeyPair()
const addresseeKeys = generateKeyPair()
const signer = { accountId: 'a0000000-0000-4000-8000-000000000001', identityKey: signerKeys.publicKey }
const addressee = { accountId: 'b0000000-0000-4000-8000-000000000002', identityKey: addresseeKeys.publicKey }
const record: SignableRecord = {
  kind: 'dose-answer',
  signer: { ...signer, deviceId: 2 },
  addressee,
  questionHash: sha512(utf8ToBytes('the question')),
  supersedes: undefined,
  createdAtMs: 1_790_000_000_000,
  body: utf8ToBytes('half a tablet'),
}
const expected = { kind: 'dose-answer', signer, addressee }

function refused(run: () => unknown): CryptoErrorCode | 'accepted' | undefined {
  try {
    run()
    return 'accepted'
  } catch (error) {
    return (error as { code?: CryptoErrorCode }).code
  }
}

/** A signed record around canonical bytes that the signer's key did sign. */
const signedAround = (canonical: Uint8Array) => {
  const message = concatBytes(utf8ToBytes('Pli-record-v1\0'), sha512(canonical))
  return new ProtobufWriter()
    .bytes(1, canonical)
    .bytes(2, signXeddsa(signerKeys.privateKey, message))
    .finish()
}

const anyRecord: fc.Arbitrary<SignableRecord> = fc.record({
  kind: fc.stringMatching(/^[a-z][a-z0-9-]{0,31}$/),
  signer: fc.record({
    accountId: fc.uuid(),
    identityKey: fc.constant(signerKeys.publicKey),
    deviceId: fc.integer({ min: 1, max: 127 }),
  }),
  addressee: fc.record({ accountId: fc.uuid(), identityKey: fc.constant(addresseeKeys.publicKey) }),
  questionHash: fc.option(fc.uint8Array({ minLength: 64, maxLength: 64 }), { nil: undefined }),
  supersedes: fc.option(fc.uint8Array({ minLength: 64, maxLength: 64 }), { nil: undefined }),
  createdAtMs: fc.maxSafeNat(),
  body: fc.uint8Array({ maxLength: 500 }),
})

describe('the canonical form', () => {
  it('is as documented, byte for byte', () => {
    const uuid = (digit: string) => `${digit}${'0'.repeat(11)}4000${'8000'}${'0'.repeat(11)}`
    expect(bytesToHex(encodeRecord(record))).toBe(
      [
        '0801',
        `120b${bytesToHex(utf8ToBytes('dose-answer'))}`,
        `1a10${uuid('a')}1`,
        `2221${bytesToHex(signer.identityKey)}`,
        '2802',
        `3210${uuid('b')}2`,
        `3a21${bytesToHex(addressee.identityKey)}`,
        `4240${bytesToHex(record.questionHash ?? new Uint8Array())}`,
        '5080d8c1a28c34',
        `5a0d${bytesToHex(utf8ToBytes('half a tablet'))}`,
      ].join(''),
    )
  })

  it('comes back as it went, and one content has one form', () => {
    fc.assert(
      fc.property(anyRecord, (any) => {
        const bytes = encodeRecord(any)
        expect(decodeRecord(bytes)).toEqual(any)
        expect(encodeRecord(decodeRecord(bytes))).toEqual(bytes)
      }),
    )
  })

  it('has no second spelling that is read, even when it is signed', () => {
    const bytes = encodeRecord(record)
    const overlong = concatBytes(Uint8Array.of(0x08, 0x81, 0x00), bytes.subarray(2))
    const repeated = concatBytes(bytes.subarray(0, 2), bytes)
    const moved = concatBytes(bytes.subarray(2), bytes.subarray(0, 2))
    const unknown = concatBytes(bytes, new ProtobufWriter().uint(12, 1).finish())
    for (const other of [overlong, repeated, moved, unknown]) {
      expect(['record_not_canonical', 'too_large']).toContain(
        refused(() => verifyRecord(signedAround(other), expected)),
      )
    }
    expect(refused(() => verifyRecord(signedAround(bytes), expected))).toBe('accepted')
  })

  it('refuses what is out of range, on both sides', () => {
    const bad: [Partial<SignableRecord>, CryptoErrorCode][] = [
      [{ kind: '' }, 'invalid_argument'],
      [{ kind: 'Dose' }, 'invalid_argument'],
      [{ kind: 'a'.repeat(33) }, 'invalid_argument'],
      [{ signer: { ...signer, deviceId: 0 } }, 'invalid_argument'],
      [{ signer: { ...signer, deviceId: 128 } }, 'invalid_argument'],
      [{ questionHash: new Uint8Array(32) }, 'invalid_argument'],
      [{ supersedes: new Uint8Array() }, 'invalid_argument'],
      [{ createdAtMs: -1 }, 'invalid_argument'],
      [{ createdAtMs: 0.5 }, 'invalid_argument'],
      [{ body: new Uint8Array(65_537) }, 'too_large'],
      [{ addressee: { ...addressee, accountId: 'B' } }, 'malformed'],
      [{ addressee: { ...addressee, identityKey: new Uint8Array(32) } }, 'invalid_key'],
    ]
    for (const [change, code] of bad)
      expect(refused(() => signRecord({ ...record, ...change }, signerKeys))).toBe(code)
    const device0 = encodeRecord(record)
    const DEVICE_AT = 2 + 13 + 18 + 35 + 1
    device0[DEVICE_AT] = 0
    expect(refused(() => decodeRecord(device0))).toBe('record_not_canonical')
    const version2 = encodeRecord(record)
    version2[1] = 2
    expect(refused(() => decodeRecord(version2))).toBe('unsupported_version')
    expect(refused(() => decodeRecord(new Uint8Array(70_000)))).toBe('too_large')
  })
})

describe('a signed record', () => {
  const signed = signRecord(record, signerKeys)

  it('is believed between its parties, and read without belief by anybody', () => {
    expect(verifyRecord(signed, expected)).toEqual(record)
    expect(readUnverifiedRecord(signed)).toEqual(record)
  })

  it('has no second spelling around it either', () => {
    const canonical = encodeRecord(record)
    const tail = signed.subarray(signed.length - 66)
    // the record's length in three bytes instead of two
    const length = Uint8Array.of(0x0a, (canonical.length & 0x7f) | 0x80, (canonical.length >> 7) | 0x80, 0)
    const respelled = concatBytes(length, canonical, tail)
    expect(refused(() => verifyRecord(respelled, expected))).toBe('record_not_canonical')
    const swapped = concatBytes(tail, signed.subarray(0, signed.length - 66))
    expect(refused(() => verifyRecord(swapped, expected))).toBe('record_not_canonical')
  })

  it('takes the largest body', () => {
    const large = { ...record, body: new Uint8Array(65_536), supersedes: hashRecord(record) }
    expect(verifyRecord(signRecord(large, signerKeys), expected).body).toHaveLength(65_536)
  })

  it('names keys in their one spelling', () => {
    const identityKey = Uint8Array.from(addressee.identityKey)
    identityKey[32] = identityKey[32]! | 0x80
    const respelled = { ...record, addressee: { ...addressee, identityKey } }
    expect(refused(() => signRecord(respelled, signerKeys))).toBe('invalid_key')
  })

  it('is refused as another kind, from another, to another, or under another key', () => {
    const stranger = generateKeyPair().publicKey
    const other: [object, CryptoErrorCode][] = [
      [{ kind: 'delegation' }, 'record_wrong_kind'],
      [{ signer: { ...signer, accountId: addressee.accountId } }, 'record_wrong_party'],
      [{ signer: { ...signer, identityKey: stranger } }, 'record_wrong_party'],
      [{ addressee: { ...addressee, accountId: signer.accountId } }, 'record_wrong_party'],
      [{ addressee: { ...addressee, identityKey: stranger } }, 'record_wrong_party'],
    ]
    for (const [change, code] of other)
      expect(refused(() => verifyRecord(signed, { ...expected, ...change }))).toBe(code)
    expect(refused(() => signRecord(record, addresseeKeys))).toBe('record_wrong_party')
  })

  it('is refused with any bit changed', () => {
    for (let at = 0; at < signed.length; at++) {
      const changed = Uint8Array.from(signed)
      changed[at] = changed[at]! ^ (1 << (at % 8))
      const code = refused(() => verifyRecord(changed, expected))
      expect(code, `byte ${at}`).not.toBe('accepted')
      expect(code, `byte ${at}`).toBeDefined()
    }
  })

  it('cannot be made from what the identity key signs elsewhere, nor the other way round', async () => {
    const preKeys = [
      await generateSignedPreKeyRecord(1, signerKeys, 0),
      await generateKyberPreKeyRecord(1, signerKeys, 0),
    ]
    const canonical = encodeRecord(record)
    for (const { public: preKey } of preKeys) {
      const forged = new ProtobufWriter().bytes(1, canonical).bytes(2, preKey.signature).finish()
      expect(refused(() => verifyRecord(forged, expected))).toBe('record_forged')
    }
    const signature = readProtobuf(signed, { maxLength: 1000 }).requireBytes(2)
    for (const without of [canonical, sha512(canonical)]) {
      expect(verifyXeddsa(signer.identityKey, without, signature)).toBe(false)
      const undomained = new ProtobufWriter()
        .bytes(1, canonical)
        .bytes(2, signXeddsa(signerKeys.privateKey, without))
        .finish()
      expect(refused(() => verifyRecord(undomained, expected))).toBe('record_forged')
    }
  })

  it('gives a record or a code for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(refused(() => verifyRecord(bytes, expected))).toMatch(/^[a-z_]+$/)
      }),
    )
  })
})
