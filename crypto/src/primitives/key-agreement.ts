/**
 * X25519 (RFC 7748) as the sessions use it: by WebCrypto where the platform has it, which is five to ten times as fast,
 * by noble elsewhere. Chosen once, when first needed, by a published known answer; both give the same results.
 *
 * Key objects live in memory only, for as long as the bytes that they were made of; what is stored is bytes.
 *
 * Not concerned with the form of keys, nor with the work that only noble can do: see `curve.ts`.
 */
import { CryptoError } from '../errors.ts'
import { bytesEqual, hexToBytes } from './bytes.ts'
import { agree, generateKeyPair, type KeyPair, parsePublicKey } from './curve.ts'
import { isRandomSourceReplaced } from './random.ts'
import { createWebX25519 } from './web-x25519.ts'

/** One implementation. Private keys are 32 clamped bytes, public keys 33. */
export interface X25519 {
  generate(): Promise<KeyPair>
  /** 32 bytes. @throws CryptoError `invalid_key_agreement` */
  agree(ours: KeyPair, theirPublicKey: Uint8Array): Promise<Uint8Array>
}

export type X25519Name = 'webcrypto' | 'noble'

// RFC 7748 section 6.1; the private key clamped
const ALICE: KeyPair = {
  privateKey: hexToBytes('70076d0a7318a57d3c16c17251b26645df4c2f92ebc099c0ac177fba51db2c6a'),
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

let chosen: { readonly name: X25519Name; readonly x25519: X25519 } | undefined

/** Made ahead of its use while the processor has nothing else to do; never used twice. */
let spare: Promise<KeyPair> | undefined

/** A fresh key pair. */
export async function makeKeyPair(): Promise<KeyPair> {
  // a test's own randomness must decide the key, and WebCrypto takes none
  if (isRandomSourceReplaced()) return generateKeyPair()
  const { name, x25519 } = chosen ?? (await chooseX25519())
  if (name === 'noble') return x25519.generate()
  const taken = spare ?? x25519.generate()
  spare = x25519.generate()
  // a failure is reported to whoever takes the pair
  spare.catch(() => undefined)
  return taken
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
 * Chooses again, for tests of both paths and for benches.
 *
 * @throws CryptoError `invalid_argument` when the platform does not have what is asked for
 */
export async function forceX25519(name: X25519Name | undefined): Promise<void> {
  spare = undefined
  chosen = name === 'noble' ? { name, x25519: noble } : undefined
  if (name === 'webcrypto' && (await x25519Name()) !== name) {
    throw new CryptoError('invalid_argument', 'this platform has no X25519 in WebCrypto')
  }
}

async function chooseX25519(): Promise<{ readonly name: X25519Name; readonly x25519: X25519 }> {
  const web = await workingWebX25519()
  chosen ??= web ? { name: 'webcrypto', x25519: web } : { name: 'noble', x25519: noble }
  return chosen
}

async function workingWebX25519(): Promise<X25519 | undefined> {
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle
  if (!subtle) return undefined
  try {
    const web = createWebX25519(subtle)
    const fresh = await web.generate()
    const there = await web.agree(fresh, BOB_PUBLIC_KEY)
    const known = await web.agree(ALICE, BOB_PUBLIC_KEY)
    const same =
      bytesEqual(there, agree(fresh.privateKey, BOB_PUBLIC_KEY)) && bytesEqual(known, SHARED_SECRET)
    return same ? web : undefined
  } catch {
    return undefined
  }
}
