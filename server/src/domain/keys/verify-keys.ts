/**
 * Judging public keys with libsignal before they are stored: a client that fetches a bundle checks again, but a relay
 * that keeps rubbish makes a person unreachable. Source: libsignal's PreKeyBundle processing; XEdDSA signatures are
 * over the serialised public key. Not concerned with how many keys there are.
 */
import { KEMPublicKey, PublicKey } from '@signalapp/libsignal-client'
import { RelayError } from '../../errors.ts'
import type { NewDeviceKeys, StoredPreKey, StoredSignedKey } from '../../storage/interfaces.ts'

/**
 * `identityKey`: 33 bytes. Throws RelayError `bad_key` (wrong type or length), `bad_signature` (not signed by the
 * identity key) or `bad_request` (an id twice within a kind; the last resort counts as a Kyber key).
 */
export function verifyKeys(identityKey: Uint8Array, keys: Partial<NewDeviceKeys>): void {
  const { signedPreKey, lastResortKyberPreKey, preKeys = [], kyberPreKeys = [] } = keys
  const kyber = lastResortKyberPreKey ? [lastResortKyberPreKey, ...kyberPreKeys] : kyberPreKeys
  refuseRepeatedIds(preKeys)
  refuseRepeatedIds(kyber)

  const identity = parsePublicKey(identityKey)
  for (const key of preKeys) parsePublicKey(key.publicKey)
  if (signedPreKey) {
    parsePublicKey(signedPreKey.publicKey)
    verifySignature(identity, signedPreKey)
  }
  for (const key of kyber) {
    parseKyberKey(key.publicKey)
    verifySignature(identity, key)
  }
}

function refuseRepeatedIds(keys: StoredPreKey[]): void {
  if (new Set(keys.map((key) => key.id)).size !== keys.length) {
    throw new RelayError('bad_request', 'a prekey id occurs twice')
  }
}

function parsePublicKey(bytes: Uint8Array): PublicKey {
  try {
    return PublicKey.deserialize(new Uint8Array(bytes))
  } catch {
    throw new RelayError('bad_key')
  }
}

function parseKyberKey(bytes: Uint8Array): void {
  try {
    KEMPublicKey.deserialize(new Uint8Array(bytes))
  } catch {
    throw new RelayError('bad_key')
  }
}

function verifySignature(identity: PublicKey, key: StoredSignedKey): void {
  if (!identity.verify(new Uint8Array(key.publicKey), new Uint8Array(key.signature))) {
    throw new RelayError('bad_signature')
  }
}
