/**
 * Encrypts an attachment as a stream, one 64 KiB chunk in memory at a time.
 * Layout: `layout.ts`. Not concerned with upload; the ciphertext is what a client keeps for a resumed upload,
 * since encrypting again makes another key.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { CryptoError } from '../errors.ts'
import { randomBytes } from '../primitives/bytes.ts'
import { ChunkAssembler } from './chunk-assembler.ts'
import { type ChunkCipher, createChunkCipher } from './chunk-cipher.ts'
import {
  ATTACHMENT_CHUNK_BYTES,
  type AttachmentPointer,
  attachmentCiphertextLength,
  buildHeader,
  checkAttachmentSize,
  chunkCount,
  chunkNonce,
} from './layout.ts'
import { paddedLength } from './padding.ts'

export type ByteSource = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/**
 * Yields the ciphertext in pieces and returns the pointer (key, digest, size) that opens it.
 * `sizeBytes` is the exact length of `source`, at most 25 MiB.
 * Throws `attachment_too_large`; `attachment_malformed` when `source` is not `sizeBytes` long.
 */
export async function* encryptAttachment(
  source: ByteSource,
  sizeBytes: number,
): AsyncGenerator<Uint8Array, AttachmentPointer, undefined> {
  return yield* sealAttachment(source, sizeBytes, { key: randomBytes(32), noncePrefix: randomBytes(7) })
}

/** As `encryptAttachment`, with key and prefix given: for known answers only, since a pair must never be used twice. */
export async function* sealAttachment(
  source: ByteSource,
  sizeBytes: number,
  secrets: { readonly key: Uint8Array; readonly noncePrefix: Uint8Array },
): AsyncGenerator<Uint8Array, AttachmentPointer, undefined> {
  checkAttachmentSize(sizeBytes)
  const cipher = await createChunkCipher(secrets.key)
  const header = buildHeader(secrets.noncePrefix)
  const hash = sha256.create().update(header)
  yield header
  for await (const sealed of sealChunks(
    withPadding(source, sizeBytes),
    chunkCount(sizeBytes),
    cipher,
    header,
  )) {
    hash.update(sealed)
    yield sealed
  }
  return {
    key: secrets.key,
    digest: hash.digest(),
    plaintextBytes: sizeBytes,
    ciphertextBytes: attachmentCiphertextLength(sizeBytes),
  }
}

async function* sealChunks(
  padded: AsyncIterable<Uint8Array>,
  count: number,
  cipher: ChunkCipher,
  header: Uint8Array,
): AsyncGenerator<Uint8Array, void> {
  const assembler = new ChunkAssembler(ATTACHMENT_CHUNK_BYTES)
  let index = 0
  for await (const piece of padded) {
    for (const chunk of assembler.push(piece)) {
      yield await cipher.seal(chunk, chunkNonce(header, index, index === count - 1), header)
      index += 1
    }
  }
  const rest = assembler.takeRest()
  if (rest.length > 0) yield await cipher.seal(rest, chunkNonce(header, index, true), header)
}

async function* withPadding(source: ByteSource, sizeBytes: number): AsyncGenerator<Uint8Array, void> {
  let read = 0
  for await (const piece of source) {
    read += piece.length
    if (read > sizeBytes) throw wrongLength()
    yield piece
  }
  if (read !== sizeBytes) throw wrongLength()
  const zeros = new Uint8Array(ATTACHMENT_CHUNK_BYTES)
  for (let missing = paddedLength(sizeBytes) - sizeBytes; missing > 0; missing -= zeros.length) {
    yield zeros.subarray(0, Math.min(missing, zeros.length))
  }
}

function wrongLength(): CryptoError {
  return new CryptoError('attachment_malformed', 'the attachment is not as long as was said')
}
