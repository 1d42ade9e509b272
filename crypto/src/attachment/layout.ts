/**
 * The byte layout of an encrypted attachment, version 1.
 *
 *     header   12 bytes   'P' 'L' 'I' 'A' | version 0x01 | nonce prefix, 7 random bytes
 *     chunk 0  65,552     AES-256-GCM of padded bytes 0 … 65,535, its 16-byte tag behind
 *     …
 *     chunk n  17–65,552  the last one: 1 to 65,536 padded bytes, its tag behind
 *
 * Padded bytes are the plaintext followed by zeros up to `paddedLength`. Nonce, 12 bytes: prefix ‖ chunk number
 * (u32, big-endian, from 0) ‖ 0x01 for the last chunk, else 0x00. Associated data of every chunk: the header.
 * The construction is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár, "Online Authenticated-Encryption and its
 * Nonce-Reuse Misuse-Resistance", 2015): a chunk that is moved, repeated, left out or added fails its tag.
 * Key (32 bytes, fresh for each attachment), SHA-256 of all bytes above, plaintext and ciphertext length travel inside the
 * sealed message; the digest also commits to the key, which GCM alone would not.
 *
 * Not concerned with reading or writing streams.
 */
import { CryptoError } from '../errors.ts'
import { paddedLength } from './padding.ts'

export const ATTACHMENT_HEADER_BYTES = 12
export const ATTACHMENT_CHUNK_BYTES = 65_536
export const ATTACHMENT_TAG_BYTES = 16
export const ATTACHMENT_SEALED_CHUNK_BYTES = ATTACHMENT_CHUNK_BYTES + ATTACHMENT_TAG_BYTES
/** The largest plaintext, 25 MiB. */
export const ATTACHMENT_MAX_BYTES = 25 * 1024 * 1024

const MAGIC_AND_VERSION = Uint8Array.of(0x50, 0x4c, 0x49, 0x41, 0x01)
const NONCE_PREFIX_BYTES = 7

/** What the recipient needs, sent inside the sealed message. */
export interface AttachmentPointer {
  /** 32 bytes, AES-256. */
  readonly key: Uint8Array
  /** 32 bytes, SHA-256 of the whole ciphertext, header included. */
  readonly digest: Uint8Array
  /** Plaintext length in bytes, without padding. */
  readonly plaintextBytes: number
  /** Ciphertext length in bytes; follows from the plaintext's and is checked against it. */
  readonly ciphertextBytes: number
}

/** Throws `attachment_too_large` for a plaintext above 25 MiB, `attachment_malformed` for what is no size. */
export function checkAttachmentSize(sizeBytes: number): void {
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) {
    throw new CryptoError('attachment_malformed', 'attachment size is not a whole number of bytes')
  }
  if (sizeBytes > ATTACHMENT_MAX_BYTES) {
    throw new CryptoError('attachment_too_large', 'attachment is larger than 25 MiB')
  }
}

/** Ciphertext length in bytes (header, chunks and tags) for a plaintext of `sizeBytes`. */
export function attachmentCiphertextLength(sizeBytes: number): number {
  const padded = paddedLength(sizeBytes)
  return ATTACHMENT_HEADER_BYTES + padded + chunkCount(sizeBytes) * ATTACHMENT_TAG_BYTES
}

/** The longest ciphertext there can be. */
export const ATTACHMENT_MAX_CIPHERTEXT_BYTES = attachmentCiphertextLength(ATTACHMENT_MAX_BYTES)

/** Number of chunks, at least 1. */
export function chunkCount(sizeBytes: number): number {
  return Math.ceil(paddedLength(sizeBytes) / ATTACHMENT_CHUNK_BYTES)
}

/** Builds the header around 7 nonce-prefix bytes. */
export function buildHeader(noncePrefix: Uint8Array): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(ATTACHMENT_HEADER_BYTES)
  header.set(MAGIC_AND_VERSION)
  header.set(noncePrefix.subarray(0, NONCE_PREFIX_BYTES), MAGIC_AND_VERSION.length)
  return header
}

/** Throws `attachment_malformed` unless these 12 bytes open a version 1 attachment. */
export function checkHeader(header: Uint8Array): void {
  if (!MAGIC_AND_VERSION.every((byte, index) => header[index] === byte)) {
    throw new CryptoError('attachment_malformed', 'not an attachment of a known version')
  }
}

/** The 12-byte nonce of one chunk. */
export function chunkNonce(header: Uint8Array, chunkIndex: number, isLast: boolean): Uint8Array<ArrayBuffer> {
  const nonce = new Uint8Array(12)
  nonce.set(header.subarray(MAGIC_AND_VERSION.length, ATTACHMENT_HEADER_BYTES))
  new DataView(nonce.buffer).setUint32(NONCE_PREFIX_BYTES, chunkIndex)
  nonce[11] = isLast ? 1 : 0
  return nonce
}
