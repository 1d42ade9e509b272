/**
 * What identifies a person's account and a device: the identity key pair, the registration id, and signatures.
 *
 * Source: libsignal `rust/protocol/src/identity_key.rs`.
 */
import { randomBytes } from '../primitives/bytes.ts'
import type { KeyPair } from '../primitives/curve.ts'
import { makeKeyPair } from '../primitives/key-agreement.ts'
import { checkSignature } from '../primitives/signature-check.ts'
import { signXeddsa } from '../primitives/xeddsa.ts'

const MAX_REGISTRATION_ID = 16_380

export async function generateIdentityKeyPair(): Promise<KeyPair> {
  return makeKeyPair()
}

/** 1 to 16,380: fourteen bits, as Signal's servers accept. */
export async function generateRegistrationId(): Promise<number> {
  for (;;) {
    const [high, low] = randomBytes(2) as unknown as [number, number]
    const value = ((high & 0x3f) << 8) | low
    if (value >= 1 && value <= MAX_REGISTRATION_ID) return value
  }
}

/** An XEdDSA signature, 64 bytes. Callers separate domains: prekeys are signed as they are. */
export async function sign(privateKey: Uint8Array, message: Uint8Array): Promise<Uint8Array> {
  return signXeddsa(privateKey, message)
}

export async function verify(
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  return checkSignature(publicKey, message, signature)
}
