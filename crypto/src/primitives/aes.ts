/**
 * AES-256 in CBC mode with PKCS#7 padding and in CTR mode (NIST SP 800-38A).
 *
 * Neither authenticates: the callers verify a MAC before they decrypt. CBC is Node's own under Node, which takes half the time
 * for a message of 1 KB and looks nothing up in tables; noble's elsewhere, for WebCrypto's would cost a thread's turn each.
 */
import { cbc, ctr } from '@noble/ciphers/aes.js'
import { CryptoError } from '../errors.ts'
import { concatBytes } from './bytes.ts'
import { type NodeCrypto, nodeCrypto } from './node-crypto.ts'

const NODE_NAME = 'aes-256-cbc'
let node: NodeCrypto | undefined = nodeCrypto()

/** For tests of both; true as at the start. @returns whether Node's is in use from now on */
export function useNodeAes(wanted: boolean): boolean {
  node = wanted ? nodeCrypto() : undefined
  return node !== undefined
}

/** @param key 32 bytes @param iv 16 bytes @returns ciphertext, a multiple of 16 bytes */
export function encryptAesCbc(key: Uint8Array, iv: Uint8Array, plaintext: Uint8Array): Uint8Array {
  requireKeyAndIv(key, iv)
  if (node) return run(node.createCipheriv(NODE_NAME, key, iv), plaintext)
  return cbc(key, iv).encrypt(plaintext)
}

/** @throws CryptoError `invalid_ciphertext` on a wrong length or padding. */
export function decryptAesCbc(key: Uint8Array, iv: Uint8Array, ciphertext: Uint8Array): Uint8Array {
  requireKeyAndIv(key, iv)
  if (ciphertext.length === 0 || ciphertext.length % 16 !== 0) {
    throw new CryptoError('invalid_ciphertext', 'ciphertext is not a whole number of blocks')
  }
  try {
    if (node) return run(node.createDecipheriv(NODE_NAME, key, iv), ciphertext)
    return cbc(key, iv).decrypt(ciphertext)
  } catch {
    throw new CryptoError('invalid_ciphertext', 'ciphertext does not decrypt')
  }
}

/** Applies the CTR key stream, in either direction. @param key 32 bytes @param counter 16 bytes, the first block */
export function applyAesCtr(key: Uint8Array, counter: Uint8Array, data: Uint8Array): Uint8Array {
  requireKeyAndIv(key, counter)
  return ctr(key, counter).encrypt(data)
}

function run(cipher: ReturnType<NodeCrypto['createCipheriv']>, input: Uint8Array): Uint8Array {
  const parts = [cipher.update(input), cipher.final()]
  const whole = concatBytes(...parts)
  for (const part of parts) part.fill(0)
  return whole
}

function requireKeyAndIv(key: Uint8Array, iv: Uint8Array): void {
  if (key.length !== 32 || iv.length !== 16) {
    throw new CryptoError('invalid_argument', 'AES key is 32 bytes and its initial block 16')
  }
}
