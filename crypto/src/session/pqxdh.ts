/**
 * PQXDH, the handshake: three or four X25519 agreements and one Kyber1024 encapsulation become the keys that a session
 * starts from.
 *
 * Source: Signal's PQXDH specification section 3; libsignal `rust/protocol/src/pqxdh.rs`.
 *
 * Not concerned with signatures on prekeys, trust, or storage: see `open-session.ts`.
 */
import { CryptoError } from '../errors.ts'
import { concatBytes, wipe } from '../primitives/bytes.ts'
import { isCanonicalPublicKey, type KeyPair } from '../primitives/curve.ts'
import { hkdfSha256 } from '../primitives/hash.ts'
import { agreeSecret } from '../primitives/key-agreement.ts'
import { decapsulateKyber, encapsulateKyber, type KyberKeyPair } from '../primitives/kyber1024.ts'

const LABEL = 'WhisperText_X25519_SHA-256_CRYSTALS-KYBER-1024'
// separates the input from an XEdDSA one: no u coordinate has this encoding
const DISCONTINUITY = new Uint8Array(32).fill(0xff)

/** 32 bytes each. */
export interface HandshakeKeys {
  readonly rootKey: Uint8Array
  readonly chainKey: Uint8Array
  readonly pqRatchetKey: Uint8Array
}

export interface InitiatorInput {
  readonly ourIdentity: KeyPair
  readonly ourBaseKey: KeyPair
  /** 33 bytes each. */
  readonly theirIdentity: Uint8Array
  readonly theirSignedPreKey: Uint8Array
  readonly theirPreKey?: Uint8Array | undefined
  /** 1569 bytes. */
  readonly theirKyberPreKey: Uint8Array
}

/** @throws CryptoError `invalid_key`, `invalid_key_agreement` */
export async function initiateHandshake(input: InitiatorInput): Promise<{
  keys: HandshakeKeys
  kyberCiphertext: Uint8Array
}> {
  const { ourIdentity, ourBaseKey, theirSignedPreKey, theirPreKey } = input
  const agreements = [
    agreeSecret(ourIdentity, theirSignedPreKey),
    agreeSecret(ourBaseKey, input.theirIdentity),
    agreeSecret(ourBaseKey, theirSignedPreKey),
  ]
  if (theirPreKey) agreements.push(agreeSecret(ourBaseKey, theirPreKey))
  const secrets = await Promise.all(agreements)
  const { ciphertext, sharedSecret } = encapsulateKyber(input.theirKyberPreKey)
  return { keys: deriveKeys([...secrets, sharedSecret]), kyberCiphertext: ciphertext }
}

export interface RecipientInput {
  readonly ourIdentity: KeyPair
  readonly ourSignedPreKey: KeyPair
  readonly ourPreKey?: KeyPair | undefined
  readonly ourKyberPreKey: KyberKeyPair
  /** 33 bytes each. */
  readonly theirIdentity: Uint8Array
  readonly theirBaseKey: Uint8Array
  /** 1569 bytes. */
  readonly kyberCiphertext: Uint8Array
}

/**
 * @throws CryptoError `invalid_key` for a base key that is not canonical or has a small-order part,
 *   `invalid_key_agreement`, `invalid_ciphertext`
 */
export async function acceptHandshake(input: RecipientInput): Promise<HandshakeKeys> {
  const { ourIdentity, ourSignedPreKey, ourPreKey, theirBaseKey } = input
  if (!isCanonicalPublicKey(theirBaseKey)) throw new CryptoError('invalid_key', 'base key is not canonical')
  const agreements = [
    agreeSecret(ourSignedPreKey, input.theirIdentity),
    agreeSecret(ourIdentity, theirBaseKey),
    agreeSecret(ourSignedPreKey, theirBaseKey),
  ]
  if (ourPreKey) agreements.push(agreeSecret(ourPreKey, theirBaseKey))
  const secrets = await Promise.all(agreements)
  return deriveKeys([...secrets, decapsulateKyber(input.ourKyberPreKey.secretKey, input.kyberCiphertext)])
}

function deriveKeys(secrets: readonly Uint8Array[]): HandshakeKeys {
  const joined = concatBytes(DISCONTINUITY, ...secrets)
  const keys = hkdfSha256(joined, undefined, LABEL, 96)
  const split = { rootKey: keys.slice(0, 32), chainKey: keys.slice(32, 64), pqRatchetKey: keys.slice(64) }
  wipe(...secrets, joined, keys)
  return split
}
