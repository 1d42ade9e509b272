/** Begins a session from a prekey bundle with the native library, which verifies its signatures. */
import { KEMPublicKey, PreKeyBundle, PublicKey, processPreKeyBundle } from '@signalapp/libsignal-client'
import { owned } from '../engine/owned.ts'
import type { RemoteBundle, SessionEngine } from '../engine/session-engine.ts'
import { refusalOf } from './native-refusals.ts'
import { nativeStores } from './native-stores.ts'
import { nativeAddress } from './native-values.ts'

export const processNativeBundle: SessionEngine['processBundle'] = async (bundle, ends, nowMs) => {
  const { sessions, identities } = nativeStores(ends.stores)
  try {
    await processPreKeyBundle(
      nativeBundle(bundle),
      nativeAddress(ends.remote),
      nativeAddress(ends.local),
      sessions,
      identities,
      new Date(nowMs),
    )
    return { ok: true, value: undefined }
  } catch (error) {
    return refusalOf(error, 'refused_bundle')
  }
}

function nativeBundle(bundle: RemoteBundle): PreKeyBundle {
  const { preKey, signedPreKey, kyberPreKey } = bundle
  return PreKeyBundle.new(
    bundle.registrationId,
    bundle.deviceId,
    preKey?.id ?? null,
    preKey === undefined ? null : PublicKey.deserialize(owned(preKey.publicKey)),
    signedPreKey.id,
    PublicKey.deserialize(owned(signedPreKey.publicKey)),
    owned(signedPreKey.signature),
    PublicKey.deserialize(owned(bundle.identityKey)),
    kyberPreKey.id,
    KEMPublicKey.deserialize(owned(kyberPreKey.publicKey)),
    owned(kyberPreKey.signature),
  )
}
