/** PROTOCOL.md, section 4: a device and its keys, made with libsignal. */
import * as signal from '@signalapp/libsignal-client'
import { b64 } from './http.ts'
import type { Stores } from './stores.ts'

const LAST_RESORT_ID = 1
const ONE_TIME_KEYS = 10

async function makeKyberPreKey(stores: Stores, id: number) {
  const pair = signal.KEMKeyPair.generate()
  const publicKey = pair.getPublicKey().serialize()
  const signature = stores.identities.own.privateKey.sign(publicKey)
  const record = signal.KyberPreKeyRecord.new(id, Date.now(), pair, signature)
  await stores.kyberPreKeys.saveKyberPreKey(id, record)
  return { id, publicKey: b64(publicKey), signature: b64(signature) }
}

async function makeSignedPreKey(stores: Stores, id: number) {
  const secret = signal.PrivateKey.generate()
  const publicKey = secret.getPublicKey().serialize()
  const signature = stores.identities.own.privateKey.sign(publicKey)
  const record = signal.SignedPreKeyRecord.new(id, Date.now(), secret.getPublicKey(), secret, signature)
  await stores.signedPreKeys.saveSignedPreKey(id, record)
  return { id, publicKey: b64(publicKey), signature: b64(signature) }
}

async function makePreKey(stores: Stores, id: number) {
  const secret = signal.PrivateKey.generate()
  await stores.preKeys.savePreKey(id, signal.PreKeyRecord.new(id, secret.getPublicKey(), secret))
  return { id, publicKey: b64(secret.getPublicKey().serialize()) }
}

/** The body of `POST /v1/devices`; the private halves are in `stores`. */
export async function makeDevice(stores: Stores, replaceExisting = false) {
  const ids = Array.from({ length: ONE_TIME_KEYS }, (_, index) => LAST_RESORT_ID + 1 + index)
  return {
    identityKey: b64(stores.identities.own.publicKey.serialize()),
    registrationId: stores.identities.registrationId,
    signedPreKey: await makeSignedPreKey(stores, 1),
    lastResortKyberPreKey: await makeKyberPreKey(stores, LAST_RESORT_ID),
    preKeys: await Promise.all(ids.map((id) => makePreKey(stores, id))),
    kyberPreKeys: await Promise.all(ids.map((id) => makeKyberPreKey(stores, id))),
    name: 'A client by a stranger',
    replaceExisting,
  }
}
