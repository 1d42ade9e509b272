/**
 * X25519 by Node's own module `crypto`, on key bytes: the same library as its WebCrypto, without a thread for each call,
 * which would cost more than the multiplication.
 *
 * Node takes private keys quickly only as JWK (RFC 8037): the 32 bytes pass through a string that nobody can overwrite.
 *
 * Pairs are made from our own random bytes, and the public half is read back from the imported key: OpenSSL has computed it
 * already. Not by Node 20's `generateKeyPairSync`: an export after it can stand still for ever, when the garbage collector
 * finalises the generation while the export holds the key's lock. Here nothing that shares the lock is garbage.
 *
 * Not concerned with whether this runs under Node: see `key-agreement.ts`.
 */
import type { KeyObject } from 'node:crypto'
import { CryptoError } from '../errors.ts'
import { concatBytes, randomBytes } from './bytes.ts'
import { CURVE_KEY_TYPE, clampPrivateKey, PRIVATE_KEY_LENGTH } from './curve.ts'
import type { X25519 } from './key-agreement.ts'
import type { NodeCrypto } from './node-crypto.ts'

// Node reads the private half alone, but wants a public one to be there.
const NO_POINT = new Uint8Array(33)

export function createNodeX25519(node: NodeCrypto): X25519 {
  const privateKeys = new WeakMap<Uint8Array, KeyObject>()
  const publicKeys = new WeakMap<Uint8Array, KeyObject>()

  function importPrivate(bytes: Uint8Array, publicKey: Uint8Array): KeyObject {
    const jwk = { kty: 'OKP', crv: 'X25519', d: toBase64Url(bytes), x: toBase64Url(publicKey.subarray(1)) }
    const key = node.createPrivateKey({ format: 'jwk', key: jwk })
    privateKeys.set(bytes, key)
    return key
  }

  function importPublic(bytes: Uint8Array): KeyObject {
    const jwk = { kty: 'OKP', crv: 'X25519', x: toBase64Url(bytes.subarray(1)) }
    const key = node.createPublicKey({ format: 'jwk', key: jwk })
    publicKeys.set(bytes, key)
    return key
  }

  return {
    async generate() {
      const privateKey = clampPrivateKey(randomBytes(PRIVATE_KEY_LENGTH))
      const key = importPrivate(privateKey, NO_POINT)
      const { x = '' } = node.createPublicKey(key).export({ format: 'jwk' })
      return { privateKey, publicKey: concatBytes(Uint8Array.of(CURVE_KEY_TYPE), fromBase64Url(x)) }
    },

    async agree(ours, theirPublicKey) {
      const privateKey = privateKeys.get(ours.privateKey) ?? importPrivate(ours.privateKey, ours.publicKey)
      const publicKey = publicKeys.get(theirPublicKey) ?? importPublic(theirPublicKey)
      try {
        const secret = node.diffieHellman({ privateKey, publicKey })
        return new Uint8Array(secret.buffer, secret.byteOffset, secret.length)
      } catch {
        throw new CryptoError('invalid_key_agreement', 'the agreed secret would be all zero')
      }
    },
  }
}

function toBase64Url(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64url')
}

function fromBase64Url(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'base64url'))
}
