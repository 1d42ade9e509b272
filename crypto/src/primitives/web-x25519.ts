/**
 * X25519 by WebCrypto, on key bytes. Source: Web Cryptography API, section on X25519.
 *
 * Private keys are imported as PKCS#8, which leaves no copy of the key in a string; under Node, where that form costs ten
 * times the multiplication itself, as JWK (RFC 8037). Key objects are kept beside the bytes that they came from.
 *
 * Not concerned with whether the platform can do this: see `key-agreement.ts`.
 */
import { CryptoError } from '../errors.ts'
import { concatBytes, wipe } from './bytes.ts'
import { agree, CURVE_KEY_TYPE, clampPrivateKey, type KeyPair } from './curve.ts'
import type { X25519 } from './key-agreement.ts'

const ALGORITHM = { name: 'X25519' }
const SECRET_BITS = 256
// RFC 8410: version 0, algorithm 1.3.101.110, an octet string in an octet string; the 32 bytes of the key follow
const PKCS8_PREFIX = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x6e, 4, 0x22, 4, 0x20)

/** How private keys go into key objects and out of them. */
interface PrivateKeyForm {
  import(subtle: SubtleCrypto, pair: KeyPair): Promise<CryptoKey>
  /** 32 bytes. */
  export(subtle: SubtleCrypto, key: CryptoKey): Promise<Uint8Array>
}

export function createWebX25519(subtle: SubtleCrypto): X25519 {
  const form = isNode() ? JWK_FORM : PKCS8_FORM
  const privateKeys = new WeakMap<Uint8Array, CryptoKey>()
  const publicKeys = new WeakMap<Uint8Array, Promise<CryptoKey>>()

  async function importPrivate(pair: KeyPair): Promise<CryptoKey | undefined> {
    try {
      const key = await form.import(subtle, pair)
      privateKeys.set(pair.privateKey, key)
      return key
    } catch {
      return undefined // a stored pair whose halves do not belong together
    }
  }

  // two agreements with one key start at the same moment when a ratchet steps
  function importPublic(bytes: Uint8Array): Promise<CryptoKey> {
    const key = subtle.importKey('raw', Uint8Array.from(bytes.subarray(1)), ALGORITHM, true, [])
    publicKeys.set(bytes, key)
    return key
  }

  return {
    async generate() {
      const { privateKey, publicKey } = (await subtle.generateKey(ALGORITHM, true, [
        'deriveBits',
      ])) as CryptoKeyPair
      const [privateBytes, publicBytes] = await Promise.all([
        form.export(subtle, privateKey),
        subtle.exportKey('raw', publicKey),
      ])
      const pair = {
        privateKey: clampPrivateKey(privateBytes),
        publicKey: concatBytes(Uint8Array.of(CURVE_KEY_TYPE), new Uint8Array(publicBytes)),
      }
      wipe(privateBytes)
      privateKeys.set(pair.privateKey, privateKey)
      return pair
    },

    async agree(ours, theirPublicKey) {
      const privateKey = privateKeys.get(ours.privateKey) ?? (await importPrivate(ours))
      if (!privateKey) return agree(ours.privateKey, theirPublicKey)
      const theirs = publicKeys.get(theirPublicKey) ?? importPublic(theirPublicKey)
      return deriveSecret(subtle, privateKey, await theirs)
    },
  }
}

async function deriveSecret(subtle: SubtleCrypto, ours: CryptoKey, theirs: CryptoKey): Promise<Uint8Array> {
  let secret: Uint8Array
  try {
    secret = new Uint8Array(await subtle.deriveBits({ ...ALGORITHM, public: theirs }, ours, SECRET_BITS))
  } catch {
    throw allZero()
  }
  // the specification demands the error above; an older platform may give the zeros
  let bits = 0
  for (const byte of secret) bits |= byte
  if (bits === 0) throw allZero()
  return secret
}

function allZero(): CryptoError {
  return new CryptoError('invalid_key_agreement', 'the agreed secret would be all zero')
}

const PKCS8_FORM: PrivateKeyForm = {
  async import(subtle, pair) {
    const bytes = new Uint8Array(PKCS8_PREFIX.length + pair.privateKey.length)
    bytes.set(PKCS8_PREFIX)
    bytes.set(pair.privateKey, PKCS8_PREFIX.length)
    const key = await subtle.importKey('pkcs8', bytes, ALGORITHM, false, ['deriveBits'])
    wipe(bytes)
    return key
  },
  async export(subtle, key) {
    const bytes = new Uint8Array(await subtle.exportKey('pkcs8', key))
    const privateKey = bytes.slice(PKCS8_PREFIX.length, PKCS8_PREFIX.length + 32)
    wipe(bytes)
    return privateKey
  },
}

const JWK_FORM: PrivateKeyForm = {
  import(subtle, { publicKey, privateKey }) {
    const jwk = {
      kty: 'OKP',
      crv: 'X25519',
      d: toBase64Url(privateKey),
      x: toBase64Url(publicKey.subarray(1)),
    }
    return subtle.importKey('jwk', jwk, ALGORITHM, false, ['deriveBits'])
  },
  async export(subtle, key) {
    const { d } = await subtle.exportKey('jwk', key)
    return fromBase64Url(d ?? '')
  },
}

function isNode(): boolean {
  return 'process' in globalThis && !('window' in globalThis)
}

function toBase64Url(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes))
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

function fromBase64Url(text: string): Uint8Array {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0))
}
