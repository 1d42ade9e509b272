/** Decoders take any bytes a peer may send: they give a message or a code, and nothing else. */
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { CryptoError } from '../errors.ts'
import { concatBytes } from '../primitives/bytes.ts'
import { decodeSessionRecord, encodeSessionRecord } from '../session/session-codec.ts'
import { MemoryDevice } from '../testing/memory-device.ts'
import { MAX_MESSAGE_LENGTH } from './limits.ts'
import { decodePreKeyMessage, encodePreKeyMessage } from './prekey-message.ts'
import { encodeVarint, ProtobufWriter, readProtobuf, readVarint } from './protobuf.ts'
import { decodeSignalMessage } from './signal-message.ts'

const refused = (value: string) => expect.objectContaining({ code: value })
const LIMITS = { maxLength: 1_000 }

/** Genuine bytes with some of them replaced, cut off or doubled. */
function mangled(genuine: () => Uint8Array): fc.Arbitrary<Uint8Array> {
  const change = fc.record({ at: fc.nat(), byte: fc.nat(255) })
  return fc
    .tuple(fc.array(change, { maxLength: 4 }), fc.nat(), fc.boolean())
    .map(([changes, cut, double]) => {
      const bytes = Uint8Array.from(genuine())
      for (const { at, byte } of changes) bytes[at % bytes.length] = byte
      const shortened = cut % 3 === 0 ? bytes.subarray(0, cut % bytes.length) : bytes
      return double ? concatBytes(shortened, shortened) : shortened
    })
}

function givesValueOrCode(decode: (bytes: Uint8Array) => unknown): (bytes: Uint8Array) => void {
  return (bytes) => {
    try {
      decode(bytes)
    } catch (error) {
      expect(error).toBeInstanceOf(CryptoError)
    }
  }
}

describe('message decoders', () => {
  let preKeyBody = new Uint8Array()
  let whisperBody = new Uint8Array()
  let record = new Uint8Array()

  beforeAll(async () => {
    const a = await MemoryDevice.create({ serviceId: '11111111-2222-4333-8444-555555555555', deviceId: 1 })
    const b = await MemoryDevice.create({ serviceId: '99999999-2222-4333-8444-555555555555', deviceId: 1 })
    await a.open(await b.publishBundle(), b.address)
    const first = await a.encrypt(new Uint8Array(160), b.address)
    await b.decrypt(first, a.address)
    preKeyBody = Uint8Array.from(first.body)
    whisperBody = Uint8Array.from((await b.encrypt(new Uint8Array(160), a.address)).body)
    record = Uint8Array.from((await b.stores.loadSession(a.address)) ?? [])
  })

  it('give a value or a code for genuine bytes that were mangled', () => {
    const check = (genuine: () => Uint8Array, decode: (bytes: Uint8Array) => unknown) =>
      fc.assert(fc.property(mangled(genuine), givesValueOrCode(decode)), { numRuns: 400 })
    check(() => preKeyBody, decodePreKeyMessage)
    check(() => whisperBody, decodeSignalMessage)
    check(() => record, decodeSessionRecord)
  })

  it('give a value or a code for any bytes', () => {
    const anyBytes = fc.uint8Array({ maxLength: 400 })
    for (const decode of [decodePreKeyMessage, decodeSignalMessage, decodeSessionRecord]) {
      fc.assert(fc.property(anyBytes, givesValueOrCode(decode)))
      const versioned = anyBytes.map((bytes) => concatBytes(Uint8Array.of(0x44), bytes))
      fc.assert(fc.property(versioned, givesValueOrCode(decode)))
    }
  })

  it('give back what was encoded', () => {
    const message = decodePreKeyMessage(preKeyBody)
    expect(encodePreKeyMessage(message, message.message)).toEqual(preKeyBody)
    expect(encodeSessionRecord(decodeSessionRecord(record))).toEqual(record)
  })

  it('refuse messages beyond the size limit before they look inside', () => {
    const long = new Uint8Array(MAX_MESSAGE_LENGTH + 1).fill(0x44)
    expect(() => decodeSignalMessage(long)).toThrow(refused('too_large'))
    const longer = new Uint8Array(MAX_MESSAGE_LENGTH + 2).fill(0x44)
    expect(() => decodePreKeyMessage(longer)).toThrow(refused('too_large'))
  })

  it('refuse other versions', () => {
    const withVersion = (byte: number) => concatBytes(Uint8Array.of(byte), whisperBody.subarray(1))
    expect(() => decodeSignalMessage(withVersion(0x33))).toThrow(refused('legacy_version'))
    expect(() => decodeSignalMessage(withVersion(0x45))).toThrow(refused('unsupported_version'))
    expect(() => decodeSignalMessage(withVersion(0x54))).toThrow(refused('unsupported_version'))
    expect(() => decodeSignalMessage(new Uint8Array())).toThrow(refused('malformed'))
  })
})

describe('protobuf', () => {
  it('reads what it wrote', () => {
    const value = fc.record({
      number: fc.maxSafeNat(),
      bytes: fc.uint8Array({ maxLength: 200 }),
      fixed: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    })
    fc.assert(
      fc.property(value, ({ number, bytes, fixed }) => {
        const written = new ProtobufWriter().uint(1, number).bytes(2, bytes).fixed64(3, fixed).finish()
        const read = readProtobuf(written, LIMITS)
        expect([read.uint(1), read.bytes(2), read.fixed64(3)]).toEqual([number, bytes, fixed])
      }),
    )
  })

  it('takes the last of several values and skips unknown fields', () => {
    const written = new ProtobufWriter().uint(1, 1).uint(9, 5).uint(1, 2).finish()
    expect(readProtobuf(written, LIMITS).uint(1)).toBe(2)
  })

  it('refuses truncation, field 0, groups, overlong and oversized numbers, and too many fields', () => {
    const read =
      (...bytes: number[]) =>
      () =>
        readProtobuf(Uint8Array.from(bytes), LIMITS)
    const malformed = refused('malformed')
    expect(read(0x08)).toThrow(malformed)
    expect(read(0x0a, 5, 1)).toThrow(malformed)
    expect(read(0x00, 1)).toThrow(malformed)
    expect(read(0x0b)).toThrow(malformed)
    expect(read(0x08, ...new Array(10).fill(0x80), 0)).toThrow(malformed)
    expect(read(0x08, ...new Array(9).fill(0xff), 1)).toThrow(malformed)
    expect(read(...new Array(200).fill(8).flatMap((tag) => [tag, 0]))).toThrow(refused('too_large'))
    expect(() => readProtobuf(new Uint8Array(1_001), LIMITS)).toThrow(refused('too_large'))
  })

  it('refuses a field of another kind than asked for', () => {
    const read = readProtobuf(new ProtobufWriter().uint(1, 7).finish(), LIMITS)
    expect(() => read.bytes(1)).toThrow(refused('malformed'))
    expect(() => read.requireBytes(2)).toThrow(refused('malformed'))
    const wide = readProtobuf(new ProtobufWriter().uint(1, 2 ** 32).finish(), LIMITS)
    expect(() => wide.uint32(1)).toThrow(refused('malformed'))
  })

  it('writes no number that it could not read', () => {
    for (const value of [-1, 1.5, Number.NaN, 2 ** 53]) {
      expect(() => encodeVarint(value)).toThrow(refused('invalid_argument'))
    }
    expect(readVarint(encodeVarint(Number.MAX_SAFE_INTEGER), { at: 0 })).toBe(Number.MAX_SAFE_INTEGER)
  })
})
