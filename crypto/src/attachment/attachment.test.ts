import { createCipheriv, createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { CryptoErrorCode } from '../errors.ts'
import { createChunkCipher } from './chunk-cipher.ts'
import { decryptAttachment } from './decrypt.ts'
import { encryptAttachment, sealAttachment } from './encrypt.ts'
import {
  ATTACHMENT_MAX_BYTES,
  ATTACHMENT_MAX_CIPHERTEXT_BYTES,
  type AttachmentPointer,
  attachmentCiphertextLength,
  decryptAttachmentBytes,
  encryptAttachmentBytes,
} from './index.ts'
import { paddedLength } from './padding.ts'

const HEADER = 12
const SEALED_CHUNK = 65_552

/** Bytes that repeat nowhere near a chunk's length. */
function sampleBytes(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  let state = 0x2545f491
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes[i] = state >>> 24
  }
  return bytes
}

function* inPieces(bytes: Uint8Array, ...lengths: number[]): Generator<Uint8Array> {
  let offset = 0
  for (let i = 0; offset < bytes.length; i++) {
    const length = lengths[i % lengths.length] as number
    yield bytes.subarray(offset, offset + length)
    offset += length
  }
}

function withDigest(ciphertext: Uint8Array, pointer: AttachmentPointer): AttachmentPointer {
  return { ...pointer, digest: createHash('sha256').update(ciphertext).digest() }
}

async function expectRefusal(promise: Promise<unknown>, code: CryptoErrorCode): Promise<void> {
  await expect(promise).rejects.toMatchObject({ name: 'CryptoError', code })
}

describe('padded length', () => {
  it('rounds up to the Padmé buckets, at least 1 KiB', () => {
    const known: [number, number][] = [
      [0, 1024],
      [1024, 1024],
      [1025, 1088],
      [65_536, 65_536],
      [65_537, 67_584],
      [1_000_000, 1_015_808],
      [ATTACHMENT_MAX_BYTES, ATTACHMENT_MAX_BYTES],
    ]
    for (const [size, padded] of known) expect(paddedLength(size)).toBe(padded)
  })

  it('never shrinks, never adds more than 6.25 %, and leaves few buckets', () => {
    const buckets = new Set<number>()
    for (let size = 1024; size <= ATTACHMENT_MAX_BYTES; size += 997) {
      const padded = paddedLength(size)
      expect(padded).toBeGreaterThanOrEqual(size)
      expect(padded).toBeLessThanOrEqual(size * 1.0625)
      buckets.add(padded)
    }
    expect(buckets.size).toBeLessThan(400)
  })
})

describe('attachment', () => {
  const sizes = [0, 1, 1023, 1024, 1025, 65_535, 65_536, 65_537, 131_072, 300_001]

  it.each(sizes)('is the same in memory and as a stream, %i bytes', async (size) => {
    const bytes = sampleBytes(size)
    for (const [sealing, opening] of [
      [undefined, null],
      [null, undefined],
    ] as const) {
      const { ciphertext, pointer } = await encryptAttachmentBytes(bytes, sealing)
      expect(Buffer.from(await decryptAttachmentBytes(ciphertext, pointer, opening)).equals(bytes)).toBe(true)
    }
  })

  it.each(sizes)('comes back whole, %i bytes', async (size) => {
    const bytes = sampleBytes(size)
    const { ciphertext, pointer } = await encryptAttachmentBytes(bytes)
    expect(pointer.plaintextBytes).toBe(size)
    expect(ciphertext.length).toBe(attachmentCiphertextLength(size))
    expect(await decryptAttachmentBytes(ciphertext, pointer)).toEqual(bytes)
  })

  it('is the same however the stream is cut', async () => {
    const bytes = sampleBytes(200_000)
    const secrets = { key: sampleBytes(32), noncePrefix: sampleBytes(7) }
    const whole = await collect(sealAttachment([bytes], bytes.length, secrets))
    const cut = await collect(sealAttachment(inPieces(bytes, 1, 70_000, 3, 65_536), bytes.length, secrets))
    expect(cut.bytes).toEqual(whole.bytes)
    const opened = await collect(decryptAttachment(inPieces(cut.bytes, 5, 1, 100_000, 7), cut.returned!))
    expect(opened.bytes).toEqual(bytes)
  })

  it('keeps to its documented layout, checked with another AES-GCM', async () => {
    const bytes = sampleBytes(70_000)
    const key = Uint8Array.from({ length: 32 }, (_, i) => i)
    const noncePrefix = Uint8Array.from({ length: 7 }, (_, i) => 0xa0 + i)
    const { bytes: ciphertext, returned } = await collect(
      sealAttachment([bytes], bytes.length, { key, noncePrefix }),
    )
    const header = Buffer.concat([Buffer.from('PLIA'), Buffer.of(1), noncePrefix])
    const padded = Buffer.concat([bytes, Buffer.alloc(71_680 - 70_000)])
    const seal = (chunk: Uint8Array, nonceTail: string) => {
      const cipher = createCipheriv(
        'aes-256-gcm',
        key,
        Buffer.concat([noncePrefix, Buffer.from(nonceTail, 'hex')]),
      )
      cipher.setAAD(header)
      return Buffer.concat([cipher.update(chunk), cipher.final(), cipher.getAuthTag()])
    }
    const expected = Buffer.concat([
      header,
      seal(padded.subarray(0, 65_536), '0000000000'),
      seal(padded.subarray(65_536), '0000000101'),
    ])
    expect(Buffer.from(ciphertext).equals(expected)).toBe(true)
    expect(Buffer.from(returned!.digest).equals(createHash('sha256').update(expected).digest())).toBe(true)
  })

  it('uses a fresh key and prefix each time, and shows nothing of the content', async () => {
    const bytes = new Uint8Array(50_000).fill(0x41)
    const first = await encryptAttachmentBytes(bytes)
    const second = await encryptAttachmentBytes(bytes)
    expect(first.pointer.key).not.toEqual(second.pointer.key)
    expect(first.ciphertext.subarray(5, 12)).not.toEqual(second.ciphertext.subarray(5, 12))
    expect(Buffer.from(first.ciphertext).includes('AAAAAAAA')).toBe(false)
  })

  it('takes 25 MiB and no byte more', async () => {
    expect(ATTACHMENT_MAX_CIPHERTEXT_BYTES).toBe(26_220_812)
    const { ciphertext, pointer } = await encryptAttachmentBytes(new Uint8Array(ATTACHMENT_MAX_BYTES))
    expect(ciphertext.length).toBe(ATTACHMENT_MAX_CIPHERTEXT_BYTES)
    expect((await decryptAttachmentBytes(ciphertext, pointer)).length).toBe(ATTACHMENT_MAX_BYTES)
    await expectRefusal(
      encryptAttachmentBytes(new Uint8Array(ATTACHMENT_MAX_BYTES + 1)),
      'attachment_too_large',
    )
    await expectRefusal(
      decryptAttachmentBytes(ciphertext, { ...pointer, plaintextBytes: ATTACHMENT_MAX_BYTES + 1 }),
      'attachment_too_large',
    )
  })

  it('refuses a source that is not as long as was said', async () => {
    await expectRefusal(collect(encryptAttachment([sampleBytes(10)], 11)), 'attachment_malformed')
    await expectRefusal(collect(encryptAttachment([sampleBytes(10)], 9)), 'attachment_malformed')
  })

  it('opens with noble where WebCrypto is missing', async () => {
    const key = sampleBytes(32)
    const nonce = sampleBytes(12)
    const header = sampleBytes(12)
    const web = await createChunkCipher(key)
    const noble = await createChunkCipher(key, null)
    const sealed = await web.seal(sampleBytes(1000), nonce, header)
    expect(await noble.seal(sampleBytes(1000), nonce, header)).toEqual(sealed)
    expect(await noble.open(sealed, nonce, header)).toEqual(sampleBytes(1000))
    sealed[3]! ^= 1
    await expectRefusal(noble.open(sealed, nonce, header), 'attachment_tampered')
    await expectRefusal(web.open(sealed, nonce, header), 'attachment_tampered')
  })
})

/** What an attacker at the relay can do; the digest is made to fit, so that each refusal is the stream's own. */
describe.each([
  ['with several chunks at once', undefined],
  ['as a stream, without WebCrypto for the whole', null],
])('a changed attachment is refused %s', (_, subtle) => {
  const decrypt = (bytes: Uint8Array, pointer: AttachmentPointer) =>
    decryptAttachmentBytes(bytes, pointer, subtle)
  const seal = () => encryptAttachmentBytes(sampleBytes(150_000))

  it('a byte flipped anywhere', async () => {
    const { ciphertext, pointer } = await seal()
    for (const at of [6, HEADER, HEADER + 65_540, HEADER + SEALED_CHUNK, ciphertext.length - 1]) {
      const changed = ciphertext.slice()
      changed[at]! ^= 0x80
      await expectRefusal(decrypt(changed, withDigest(changed, pointer)), 'attachment_tampered')
    }
  })

  it('chunks swapped, repeated or left out', async () => {
    const { ciphertext, pointer } = await seal()
    const header = ciphertext.subarray(0, HEADER)
    const first = ciphertext.subarray(HEADER, HEADER + SEALED_CHUNK)
    const second = ciphertext.subarray(HEADER + SEALED_CHUNK, HEADER + 2 * SEALED_CHUNK)
    const last = ciphertext.subarray(HEADER + 2 * SEALED_CHUNK)
    const cases: [Uint8Array[], CryptoErrorCode][] = [
      [[header, second, first, last], 'attachment_tampered'],
      [[header, first, first, last], 'attachment_tampered'],
      [[header, first, last], 'attachment_truncated'],
      [[header, first, second], 'attachment_truncated'],
      [[header, first, second, second], 'attachment_malformed'],
      [[header, first, second, last, last], 'attachment_malformed'],
    ]
    for (const [parts, code] of cases) {
      const changed = new Uint8Array(Buffer.concat(parts))
      await expectRefusal(decrypt(changed, withDigest(changed, pointer)), code)
    }
  })

  it('cut short, lengthened or empty', async () => {
    const { ciphertext, pointer } = await seal()
    const refuse = (bytes: Uint8Array, code: CryptoErrorCode) =>
      expectRefusal(decrypt(bytes, withDigest(bytes, pointer)), code)
    await refuse(new Uint8Array(0), 'attachment_truncated')
    await refuse(ciphertext.subarray(0, 7), 'attachment_truncated')
    await refuse(ciphertext.subarray(0, HEADER + SEALED_CHUNK), 'attachment_truncated')
    await refuse(ciphertext.subarray(0, -1), 'attachment_truncated')
    await refuse(new Uint8Array(Buffer.concat([ciphertext, Buffer.of(0)])), 'attachment_malformed')
  })

  it('a last chunk passed off as the whole, with a size to fit', async () => {
    const { ciphertext, pointer } = await seal()
    const cut = ciphertext.slice(0, HEADER + SEALED_CHUNK)
    await expectRefusal(
      decrypt(cut, {
        ...withDigest(cut, pointer),
        plaintextBytes: 65_536,
        ciphertextBytes: cut.length,
      }),
      'attachment_tampered',
    )
  })

  it('another version, another digest, another size, another key', async () => {
    const { ciphertext, pointer } = await seal()
    const version2 = ciphertext.slice()
    version2[4] = 2
    await expectRefusal(decrypt(version2, withDigest(version2, pointer)), 'attachment_malformed')
    const zeros = new Uint8Array(32)
    await expectRefusal(decrypt(ciphertext, { ...pointer, digest: zeros }), 'attachment_digest_mismatch')
    await expectRefusal(decrypt(ciphertext, { ...pointer, key: zeros }), 'attachment_tampered')
    // within the same bucket only the padding tells
    await expectRefusal(decrypt(ciphertext, { ...pointer, plaintextBytes: 149_999 }), 'attachment_malformed')
    for (const bad of [
      { key: new Uint8Array(31) },
      { digest: new Uint8Array(0) },
      { plaintextBytes: -1 },
      { plaintextBytes: 0.5 },
      { ciphertextBytes: ciphertext.length - 1 },
    ]) {
      await expectRefusal(decrypt(ciphertext, { ...pointer, ...bad }), 'attachment_malformed')
    }
  })
})

async function collect<R>(
  pieces: AsyncGenerator<Uint8Array, R>,
): Promise<{ bytes: Uint8Array; returned: R }> {
  const parts: Uint8Array[] = []
  for (;;) {
    const next = await pieces.next()
    if (next.done) return { bytes: new Uint8Array(Buffer.concat(parts)), returned: next.value }
    parts.push(next.value)
  }
}
