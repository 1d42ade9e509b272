/** Real public keys and signatures, made with libsignal, for tests that register devices. */

import { type RegisterDeviceRequest, registerDeviceRequest } from '@pli/protocol/wire'
import { IdentityKeyPair, KEMKeyPair, PrivateKey } from '@signalapp/libsignal-client'
import { z } from 'zod'

export interface SampleIdentity {
  /** 33 bytes. */
  identityKey: Uint8Array<ArrayBuffer>
  preKey(id: number): { id: number; publicKey: Uint8Array<ArrayBuffer> }
  signedPreKey(id: number): SignedKey
  kyberPreKey(id: number): SignedKey
}

interface SignedKey {
  id: number
  publicKey: Uint8Array<ArrayBuffer>
  signature: Uint8Array<ArrayBuffer>
}

export function createIdentity(): SampleIdentity {
  const { privateKey, publicKey } = IdentityKeyPair.generate()
  const sign = (id: number, bytes: Uint8Array<ArrayBuffer>) => ({
    id,
    publicKey: bytes,
    signature: privateKey.sign(bytes),
  })
  const drawPublicKey = () => PrivateKey.generate().getPublicKey().serialize()
  return {
    identityKey: publicKey.serialize(),
    preKey: (id) => ({ id, publicKey: drawPublicKey() }),
    signedPreKey: (id) => sign(id, drawPublicKey()),
    kyberPreKey: (id) => sign(id, KEMKeyPair.generate().getPublicKey().serialize()),
  }
}

/** A registration that the relay accepts, with as many one-time keys of each kind as asked for. */
export function registerRequest(
  changes: Partial<RegisterDeviceRequest> = {},
  { identity = createIdentity(), oneTimeKeys = 2 } = {},
): RegisterDeviceRequest {
  const ids = Array.from({ length: oneTimeKeys }, (_, index) => index + 1)
  return {
    identityKey: identity.identityKey,
    registrationId: 4242,
    signedPreKey: identity.signedPreKey(1),
    lastResortKyberPreKey: identity.kyberPreKey(1_000),
    preKeys: ids.map((id) => identity.preKey(id)),
    kyberPreKeys: ids.map((id) => identity.kyberPreKey(id)),
    name: 'Chromium on Linux',
    replaceExisting: false,
    ...changes,
  }
}

/** The same as JSON says it. */
export function registrationBody(changes: Parameters<typeof registerRequest>[0] = {}): unknown {
  return z.encode(registerDeviceRequest, registerRequest(changes))
}
