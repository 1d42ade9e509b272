/**
 * X25519 (RFC 7748) as the sessions use it: by the platform, which is ten times as fast (WebCrypto in browsers, Node's own
 * module under Node), by noble where it has none. Chosen once, when first needed, by a published known answer; all give the
 * same results.
 *
 * Key objects live in memory only, for as long as the bytes that they were made of; what is stored is bytes.
 *
 * Not concerned with the form of keys, nor with the work that only noble can do: see `curve.ts`.
 */
import { CryptoError } from '../errors.ts'
import { bytesEqual, hexToBytes } from './bytes.ts'
import { agree, generateKeyPair, type KeyPair, parsePublicKey } from './curve.ts'
import { nodeCrypto } from './node-crypto.ts'
import { createNodeX25519 } from './node-x25519.ts'
import { isRandomSourceReplaced } from './random.ts'
import { createWebX25519 } from './web-x25519.ts'

/** One implementation. Private keys are 32 clamped bytes, public keys 33. */
export interface X25519 {
  generate(): Promise<KeyPair>
  /** 32 bytes. @throws CryptoError `invalid_key_agreement` */
  agree(ours: KeyPair, theirPublicKey: Uint8Array): Promise<Uint8Array>
}

export type X25519Name = 'node' | 'webcrypto' | 'noble'

// RFC 7748 section 6.1; the private key clamped
const ALICE: KeyPair = {
  privateKey: hexToBytes('70076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c6a'),
  publicKey: hexToBytes('058520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a'),
}
const BOB_PUBLIC_KEY = hexToBytes('05de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f')
const SHARED_SECRET = hexToBytes('4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742')

const noble: X25519 = {
  async generate() {
    return generateKeyPair()
  },
  async agree(ours, theirPublicKey) {
    return agree(ours.privateKey, theirPublicKey)
  },
}

interface Choice {
  readonly name: X25519Name
  readonly x25519: X25519
}

let chosen: Choice | undefined

/** A fresh key pair. */
export async function makeKeyPair(): Promise<KeyPair> {
  // a test's own randomness must decide the key, and the platform takes none
  if (isRandomSourceReplaced()) return generateKeyPair()
  const { x25519 } = chosen ?? (await chooseX25519())
  return x25519.generate()
}

/**
 * The X25519 shared secret, 32 bytes, to be overwritten after use.
 *
 * @throws CryptoError `invalid_key` on a malformed key, `invalid_key_agreement` when the result is all zero, which is
 *   what every small-order point gives (RFC 7748 section 6.1)
 */
export async function agreeSecret(ours: KeyPair, theirPublicKey: Uint8Array): Promise<Uint8Array> {
  parsePublicKey(theirPublicKey)
  const { x25519 } = chosen ?? (await chooseX25519())
  return x25519.agree(ours, theirPublicKey)
}

/** Which implementation is in use. */
export async function x25519Name(): Promise<X25519Name> {
  return (chosen ?? (await chooseX25519())).name
}

/**
 * Chooses again, for tests of all paths; without a name as at the start.
 *
 * @throws CryptoError `invalid_argument` when the platform does not have what is asked for
 */
export async function chooseX25519(wanted?: X25519Name): Promise<Choice> {
  for (const [name, create] of Object.entries(CANDIDATES) as [X25519Name, () => X25519 | undefined][]) {
    if (wanted !== undefined && wanted !== name) continue
    const x25519 = create()
    if (x25519 && (await worksRight(x25519))) {
      chosen = { name, x25519 }
      return chosen
    }
  }
  throw new CryptoError('invalid_argument', 'this platform has no such X25519')
}

// in the order of preference
const CANDIDATES: Record<X25519Name, () => X25519 | undefined> = {
  node: () => {
    const node = nodeCrypto()
    return node && createNodeX25519(node)
  },
  webcrypto: () => {
    const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle
    return subtle && createWebX25519(subtle)
  },
  noble: () => noble,
}

async function worksRight(x25519: X25519): Promise<boolean> {
  try {
    const fresh = await x25519.generate()
    const there = await x25519.agree(fresh, BOB_PUBLIC_KEY)
    const known = await x25519.agree(ALICE, BOB_PUBLIC_KEY)
    return bytesEqual(there, agree(fresh.privateKey, BOB_PUBLIC_KEY)) && bytesEqual(known, SHARED_SECRET)
  } catch {
    return false
  }
}
