/** Addresses and identity keys as the native library wants them. */
import {
  IdentityChange,
  IdentityKeyStore,
  ProtocolAddress as NativeAddress,
  PrivateKey,
  PublicKey,
} from '@signalapp/libsignal-client'
import { owned } from '../engine/owned.ts'
import type { KeyPair, ProtocolAddress } from '../engine/session-engine.ts'

export function nativeAddress(address: ProtocolAddress): NativeAddress {
  return NativeAddress.new(address.serviceId, address.deviceId)
}

/** Sealing asks an identity store for two keys and never writes: this one knows just those. */
export function onlyIdentity(
  identity: KeyPair,
  recipientIdentityKey?: Uint8Array,
): { store: IdentityKeyStore; address: NativeAddress } {
  return {
    store: new OnlyIdentity(identity, recipientIdentityKey),
    address: NativeAddress.new('00000000-0000-0000-0000-000000000000', 1),
  }
}

class OnlyIdentity extends IdentityKeyStore {
  readonly #identity: KeyPair
  readonly #recipient: Uint8Array | undefined

  constructor(identity: KeyPair, recipient: Uint8Array | undefined) {
    super()
    this.#identity = identity
    this.#recipient = recipient
  }
  override async getIdentityKey() {
    return PrivateKey.deserialize(owned(this.#identity.privateKey))
  }
  override async getLocalRegistrationId() {
    return 0
  }
  override async saveIdentity() {
    return IdentityChange.NewOrUnchanged
  }
  override async isTrustedIdentity() {
    return true
  }
  override async getIdentity() {
    return this.#recipient === undefined ? null : PublicKey.deserialize(owned(this.#recipient))
  }
}
