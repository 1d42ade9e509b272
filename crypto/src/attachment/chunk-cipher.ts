/**
 * AES-256-GCM over one chunk: WebCrypto where the platform has it (Node, browsers in a secure context), else
 * noble. Source: NIST SP 800-38D. Not concerned with nonces, order or lengths: see `layout.ts`.
 */
import { gcm } from '@noble/ciphers/aes.js'
import { CryptoError } from '../errors.ts'

export interface ChunkCipher {
  /** Ciphertext with the 16-byte tag behind. */
  seal(plaintext: Uint8Array, nonce: Uint8Array, associatedData: Uint8Array): Promise<Uint8Array>
  /** Plaintext; throws `attachment_tampered`. */
  open(sealed: Uint8Array, nonce: Uint8Array, associatedData: Uint8Array): Promise<Uint8Array>
}

/** `key` is 32 bytes; `null` for `subtle` takes the platform's away. */
export async function createChunkCipher(
  key: Uint8Array,
  subtle: SubtleCrypto | null = globalThis.crypto?.subtle ?? null,
): Promise<ChunkCipher> {
  return subtle === null ? nobleCipher(key) : webCipher(subtle, key)
}

async function webCipher(subtle: SubtleCrypto, key: Uint8Array): Promise<ChunkCipher> {
  const cryptoKey = await subtle.importKey('raw', asBuffer(key), 'AES-GCM', false, ['encrypt', 'decrypt'])
  const parameters = (nonce: Uint8Array, associatedData: Uint8Array) => ({
    name: 'AES-GCM',
    iv: asBuffer(nonce),
    additionalData: asBuffer(associatedData),
  })
  return {
    async seal(plaintext, nonce, associatedData) {
      const sealed = await subtle.encrypt(parameters(nonce, associatedData), cryptoKey, asBuffer(plaintext))
      return new Uint8Array(sealed)
    },
    async open(sealed, nonce, associatedData) {
      try {
        return new Uint8Array(
          await subtle.decrypt(parameters(nonce, associatedData), cryptoKey, asBuffer(sealed)),
        )
      } catch {
        throw tampered()
      }
    },
  }
}

function nobleCipher(key: Uint8Array): ChunkCipher {
  return {
    async seal(plaintext, nonce, associatedData) {
      return gcm(key, nonce, associatedData).encrypt(plaintext)
    },
    async open(sealed, nonce, associatedData) {
      try {
        return gcm(key, nonce, associatedData).decrypt(sealed)
      } catch {
        throw tampered()
      }
    },
  }
}

function tampered(): CryptoError {
  return new CryptoError('attachment_tampered', 'an attachment chunk failed its authentication')
}

/** WebCrypto refuses memory that another thread can write to; bytes never come from there except by mistake. */
export function asBuffer(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes)
}
