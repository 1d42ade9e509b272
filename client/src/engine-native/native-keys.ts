/** Key generation with the native library. */
import {
  KEMKeyPair,
  KyberPreKeyRecord,
  PreKeyRecord,
  PrivateKey,
  SignedPreKeyRecord,
} from '@signalapp/libsignal-client'
import { owned } from '../engine/owned.ts'
import type { Generated, KeyPair, PublicPreKey, SignedPublicPreKey } from '../engine/session-engine.ts'

async function generateIdentityKeyPair(): Promise<KeyPair> {
  const privateKey = PrivateKey.generate()
  return { publicKey: privateKey.getPublicKey().serialize(), privateKey: privateKey.serialize() }
}

async function generateRegistrationId(): Promise<number> {
  const drawn = new DataView(crypto.getRandomValues(new Uint8Array(4)).buffer).getUint32(0)
  return (drawn % 16380) + 1
}

async function generatePreKey(id: number): Promise<Generated<PublicPreKey>> {
  const privateKey = PrivateKey.generate()
  const publicKey = privateKey.getPublicKey()
  return {
    record: PreKeyRecord.new(id, publicKey, privateKey).serialize(),
    public: { id, publicKey: publicKey.serialize() },
  }
}

async function generateSignedPreKey(
  id: number,
  identity: KeyPair,
  nowMs: number,
): Promise<Generated<SignedPublicPreKey>> {
  const privateKey = PrivateKey.generate()
  const publicKey = privateKey.getPublicKey()
  const signature = PrivateKey.deserialize(owned(identity.privateKey)).sign(publicKey.serialize())
  return {
    record: SignedPreKeyRecord.new(id, nowMs, publicKey, privateKey, signature).serialize(),
    public: { id, publicKey: publicKey.serialize(), signature },
  }
}

async function generateKyberPreKey(
  id: number,
  identity: KeyPair,
  nowMs: number,
): Promise<Generated<SignedPublicPreKey>> {
  const keyPair = KEMKeyPair.generate()
  const publicKey = keyPair.getPublicKey().serialize()
  const signature = PrivateKey.deserialize(owned(identity.privateKey)).sign(publicKey)
  return {
    record: KyberPreKeyRecord.new(id, nowMs, keyPair, signature).serialize(),
    public: { id, publicKey, signature },
  }
}

export const nativeKeys = {
  generateIdentityKeyPair,
  generateRegistrationId,
  generatePreKey,
  generateSignedPreKey,
  generateKyberPreKey,
}
