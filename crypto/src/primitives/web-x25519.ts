/**
 * X25519 by WebCrypto, on key bytes. Source: Web Cryptography API, section on X25519.
 *
 * Private keys go in and out as PKCS#8, which leaves no copy of a key in a string. Key objects are kept beside the bytes
 * that they came from.
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

export function createWebX25519(subtle: SubtleCrypto): X25519 {
  const privateKeys = new WeakMap<Uint8Array, CryptoKey>()
  const publicKeys = new WeakMap<Uint8Array, Promise<CryptoKey>>()
  // made ahead of its use while the processor has nothing else to do; never handed out twice
  let spare: Promise<KeyPair> | undefined

  async function importPrivate(pair: KeyPair): Promise<CryptoKey | undefined> {
    try {
      const key = await importPkcs8(subtle, pair.privateKey)
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

  async function generate(): Promise<KeyPair> {
    const made = (await subtle.generateKey(ALGORITHM, true, ['deriveBits'])) as CryptoKeyPair
    const [privateBytes, publicBytes] = await Promise.all([
      exportPkcs8(subtle, made.privateKey),
      subtle.exportKey('raw', made.publicKey),
    ])
    const pair = {
      privateKey: clampPrivateKey(privateBytes),
      publicKey: concatBytes(Uint8Array.of(CURVE_KEY_TYPE), new Uint8Array(publicBytes)),
    }
    wipe(privateBytes)
    privateKeys.set(pair.privateKey, made.privateKey)
    return pair
  }

  return {
    generate() {
      const taken = spare ?? generate()
      spare = generate()
      // a failure is reported to whoever takes the pair
      spare.catch(() => undefined)
      return taken
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

async function importPkcs8(subtle: SubtleCrypto, privateKey: Uint8Array): Promise<CryptoKey> {
  const bytes = new Uint8Array(PKCS8_PREFIX.length + privateKey.length)
  bytes.set(PKCS8_PREFIX)
  bytes.set(privateKey, PKCS8_PREFIX.length)
  const key = await subtle.importKey('pkcs8', bytes, ALGORITHM, false, ['deriveBits'])
  wipe(bytes)
  return key
}

/** 32 bytes. */
async function exportPkcs8(subtle: SubtleCrypto, key: CryptoKey): Promise<Uint8Array> {
  const bytes = new Uint8Array(await subtle.exportKey('pkcs8', key))
  const privateKey = bytes.slice(PKCS8_PREFIX.length, PKCS8_PREFIX.length + 32)
  wipe(bytes)
  return privateKey
}
