/**
 * Attachments whose bytes are in memory anyway, as photos are: the same layout as the streams, with several chunks at work
 * in the platform at once and one hash over the whole. Without WebCrypto the streams do it.
 *
 * Not concerned with the layout (`layout.ts`), nor with what is too long for memory (`encrypt.ts`, `decrypt.ts`).
 */
import { CryptoError } from '../errors.ts'
import { bytesEqual, randomBytes } from '../primitives/bytes.ts'
import { asBuffer, type ChunkCipher, createChunkCipher } from './chunk-cipher.ts'
import { checkPadding, checkPointer, decryptAttachment } from './decrypt.ts'
import { encryptAttachment } from './encrypt.ts'
import {
  ATTACHMENT_CHUNK_BYTES,
  ATTACHMENT_HEADER_BYTES,
  ATTACHMENT_SEALED_CHUNK_BYTES,
  type AttachmentPointer,
  attachmentCiphertextLength,
  buildHeader,
  checkAttachmentSize,
  checkHeader,
  chunkCount,
  chunkNonce,
} from './layout.ts'
import { paddedLength } from './padding.ts'

// enough to keep a few processors busy; each holds one chunk more in memory
const CHUNKS_AT_ONCE = 16

export interface EncryptedAttachment {
  readonly ciphertext: Uint8Array<ArrayBuffer>
  readonly pointer: AttachmentPointer
}

/** Throws `attachment_too_large`. `subtle` is given by tests alone; `null` takes the platform's away. */
export async function encryptAttachmentBytes(
  bytes: Uint8Array,
  subtle: SubtleCrypto | null = globalThis.crypto?.subtle ?? null,
): Promise<EncryptedAttachment> {
  checkAttachmentSize(bytes.length)
  if (subtle === null) return encryptByStream(bytes)
  const key = randomBytes(32)
  const header = buildHeader(randomBytes(7))
  const ciphertext = new Uint8Array(attachmentCiphertextLength(bytes.length))
  ciphertext.set(header)
  const cipher = await createChunkCipher(key, subtle)
  await forEachChunk(bytes.length, async (index, nonce) => {
    const sealed = await cipher.seal(paddedChunk(bytes, index), nonce(header), header)
    ciphertext.set(sealed, ATTACHMENT_HEADER_BYTES + index * ATTACHMENT_SEALED_CHUNK_BYTES)
  })
  const digest = new Uint8Array(await subtle.digest('SHA-256', ciphertext))
  const pointer = { key, digest, plaintextBytes: bytes.length, ciphertextBytes: ciphertext.length }
  return { ciphertext, pointer }
}

/**
 * Returns nothing unless all of it, digest included, is right. Throws as `decryptAttachment`. `subtle` as above.
 */
export async function decryptAttachmentBytes(
  ciphertext: Uint8Array,
  pointer: AttachmentPointer,
  subtle: SubtleCrypto | null = globalThis.crypto?.subtle ?? null,
): Promise<Uint8Array<ArrayBuffer>> {
  checkPointer(pointer)
  if (subtle === null) return decryptByStream(ciphertext, pointer)
  checkLength(ciphertext, pointer)
  checkHeader(ciphertext)
  const whole = asBuffer(ciphertext)
  const digest = subtle.digest('SHA-256', whole)
  const plaintext = await openChunks(
    whole,
    pointer.plaintextBytes,
    await createChunkCipher(pointer.key, subtle),
  )
  if (!bytesEqual(new Uint8Array(await digest), pointer.digest)) {
    throw new CryptoError('attachment_digest_mismatch', 'the attachment is not the one that was announced')
  }
  return plaintext
}

async function openChunks(
  ciphertext: Uint8Array,
  plaintextBytes: number,
  cipher: ChunkCipher,
): Promise<Uint8Array<ArrayBuffer>> {
  const plaintext = new Uint8Array(plaintextBytes)
  const header = ciphertext.slice(0, ATTACHMENT_HEADER_BYTES)
  await forEachChunk(plaintextBytes, async (index, nonce) => {
    const at = ATTACHMENT_HEADER_BYTES + index * ATTACHMENT_SEALED_CHUNK_BYTES
    const sealed = ciphertext.subarray(at, at + ATTACHMENT_SEALED_CHUNK_BYTES)
    const opened = await cipher.open(sealed, nonce(header), header)
    const start = index * ATTACHMENT_CHUNK_BYTES
    const wanted = Math.max(0, Math.min(opened.length, plaintextBytes - start))
    checkPadding(opened.subarray(wanted))
    plaintext.set(opened.subarray(0, wanted), Math.min(start, plaintextBytes))
  })
  return plaintext
}

/** Runs `work` for every chunk, some at once. The first refusal is thrown once those begun with it have ended. */
async function forEachChunk(
  plaintextBytes: number,
  work: (index: number, nonce: (header: Uint8Array) => Uint8Array) => Promise<void>,
): Promise<void> {
  const count = chunkCount(plaintextBytes)
  let next = 0
  const worker = async () => {
    while (next < count) {
      const index = next++
      await work(index, (header) => chunkNonce(header, index, index === count - 1))
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: Math.min(CHUNKS_AT_ONCE, count) }, worker))
  for (const end of ends) if (end.status === 'rejected') throw end.reason
}

// a view where the plaintext fills the chunk
function paddedChunk(bytes: Uint8Array, index: number): Uint8Array {
  const start = index * ATTACHMENT_CHUNK_BYTES
  const length = Math.min(ATTACHMENT_CHUNK_BYTES, paddedLength(bytes.length) - start)
  if (start + length <= bytes.length) return bytes.subarray(start, start + length)
  const padded = new Uint8Array(length)
  padded.set(bytes.subarray(Math.min(start, bytes.length)))
  return padded
}

function checkLength(ciphertext: Uint8Array, { ciphertextBytes }: AttachmentPointer): void {
  if (ciphertext.length > ciphertextBytes) {
    throw new CryptoError('attachment_malformed', 'the attachment goes on after its end')
  }
  if (ciphertext.length < ciphertextBytes) {
    throw new CryptoError('attachment_truncated', 'the attachment ends too early')
  }
}

async function encryptByStream(bytes: Uint8Array): Promise<EncryptedAttachment> {
  const ciphertext = new Uint8Array(attachmentCiphertextLength(bytes.length))
  const pieces = encryptAttachment([bytes], bytes.length)
  let offset = 0
  for (;;) {
    const next = await pieces.next()
    if (next.done) return { ciphertext, pointer: next.value }
    ciphertext.set(next.value, offset)
    offset += next.value.length
  }
}

async function decryptByStream(
  ciphertext: Uint8Array,
  pointer: AttachmentPointer,
): Promise<Uint8Array<ArrayBuffer>> {
  const plaintext = new Uint8Array(pointer.plaintextBytes)
  let offset = 0
  for await (const piece of decryptAttachment([ciphertext], pointer)) {
    plaintext.set(piece, offset)
    offset += piece.length
  }
  return plaintext
}
