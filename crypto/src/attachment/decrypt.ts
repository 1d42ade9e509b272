/**
 * Decrypts an attachment as a stream, one 64 KiB chunk in memory at a time.
 *
 * Every piece that comes out is authenticated, but only a stream that ended without an error is the whole
 * attachment with the right digest: show or keep nothing before that. Layout: `layout.ts`.
 * Not concerned with download.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { CryptoError } from '../errors.ts'
import { bytesEqual } from '../primitives/bytes.ts'
import { ChunkAssembler } from './chunk-assembler.ts'
import { type ChunkCipher, createChunkCipher } from './chunk-cipher.ts'
import type { ByteSource } from './encrypt.ts'
import {
  ATTACHMENT_HEADER_BYTES,
  ATTACHMENT_SEALED_CHUNK_BYTES,
  type AttachmentPointer,
  attachmentCiphertextLength,
  checkAttachmentSize,
  checkHeader,
  chunkCount,
  chunkNonce,
} from './layout.ts'

/**
 * Yields the plaintext in pieces, `pointer.plaintextBytes` in all.
 * Throws `attachment_too_large`, `attachment_malformed` (unknown version, bad pointer, bytes that are too many,
 * padding that is not zero), `attachment_truncated`, `attachment_tampered` (a chunk changed, moved, repeated, left
 * out), `attachment_digest_mismatch`.
 */
export async function* decryptAttachment(
  source: ByteSource,
  pointer: AttachmentPointer,
): AsyncGenerator<Uint8Array, void, undefined> {
  checkPointer(pointer)
  const hash = sha256.create()
  const cipher = await createChunkCipher(pointer.key)
  let toYield = pointer.plaintextBytes
  for await (const opened of openChunks(
    exactly(source, pointer.ciphertextBytes, hash),
    chunkCount(pointer.plaintextBytes),
    cipher,
  )) {
    checkPadding(opened.subarray(toYield))
    const plaintext = opened.subarray(0, toYield)
    toYield -= plaintext.length
    if (plaintext.length > 0) yield plaintext
  }
  if (!bytesEqual(hash.digest(), pointer.digest)) {
    throw new CryptoError('attachment_digest_mismatch', 'the attachment is not the one that was announced')
  }
}

async function* openChunks(
  source: AsyncIterable<Uint8Array>,
  count: number,
  cipher: ChunkCipher,
): AsyncGenerator<Uint8Array, void> {
  const headerAssembler = new ChunkAssembler(ATTACHMENT_HEADER_BYTES)
  const assembler = new ChunkAssembler(ATTACHMENT_SEALED_CHUNK_BYTES)
  let header: Uint8Array | undefined
  let index = 0
  for await (const piece of source) {
    let body = piece
    if (header === undefined) {
      const wanted = ATTACHMENT_HEADER_BYTES - headerAssembler.heldBytes
      header = takeHeader(headerAssembler, piece.subarray(0, wanted))
      body = piece.subarray(wanted)
    }
    if (header === undefined) continue
    for (const chunk of assembler.push(body)) {
      yield await cipher.open(chunk, chunkNonce(header, index, index === count - 1), header)
      index += 1
    }
  }
  const rest = assembler.takeRest()
  if (header !== undefined && rest.length > 0) {
    yield await cipher.open(rest, chunkNonce(header, index, true), header)
  }
}

function takeHeader(assembler: ChunkAssembler, piece: Uint8Array): Uint8Array | undefined {
  for (const header of assembler.push(piece)) {
    checkHeader(header)
    return header.slice()
  }
  return undefined
}

/** Passes on what comes and hashes it; refuses one byte more or less than `length`. */
async function* exactly(
  source: ByteSource,
  length: number,
  hash: { update(bytes: Uint8Array): unknown },
): AsyncGenerator<Uint8Array, void> {
  let read = 0
  for await (const piece of source) {
    read += piece.length
    if (read > length) throw new CryptoError('attachment_malformed', 'the attachment goes on after its end')
    hash.update(piece)
    yield piece
  }
  if (read < length) throw new CryptoError('attachment_truncated', 'the attachment ends too early')
}

/** Throws `attachment_too_large`, `attachment_malformed`. */
export function checkPointer(pointer: AttachmentPointer): void {
  checkAttachmentSize(pointer.plaintextBytes)
  if (pointer.ciphertextBytes !== attachmentCiphertextLength(pointer.plaintextBytes)) {
    throw new CryptoError('attachment_malformed', 'the two lengths of the attachment do not belong together')
  }
  if (pointer.key.length !== 32 || pointer.digest.length !== 32) {
    throw new CryptoError('attachment_malformed', 'an attachment key and its digest are 32 bytes each')
  }
}

/** Throws `attachment_malformed` unless all zero. */
export function checkPadding(padding: Uint8Array): void {
  if (padding.some((byte) => byte !== 0)) {
    throw new CryptoError('attachment_malformed', 'the attachment is longer than was said')
  }
}
