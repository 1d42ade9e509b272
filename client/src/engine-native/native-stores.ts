/** Our stores in the shape that libsignal's native library calls. Not concerned with what is in them. */
import {
  Direction,
  IdentityChange,
  IdentityKeyStore,
  KyberPreKeyRecord,
  KyberPreKeyStore,
  PreKeyRecord,
  PreKeyStore,
  PrivateKey,
  type ProtocolAddress,
  PublicKey,
  SessionRecord,
  SessionStore,
  SignedPreKeyRecord,
  SignedPreKeyStore,
} from '@signalapp/libsignal-client'
import { owned } from '../engine/owned.ts'
import type { ProtocolStores } from '../engine/session-engine.ts'

export interface NativeStores {
  identities: IdentityKeyStore
  sessions: SessionStore
  preKeys: PreKeyStore
  signedPreKeys: SignedPreKeyStore
  kyberPreKeys: KyberPreKeyStore
}

export function nativeStores(stores: ProtocolStores): NativeStores {
  return {
    identities: new Identities(stores),
    sessions: new Sessions(stores),
    preKeys: new PreKeys(stores),
    signedPreKeys: new SignedPreKeys(stores),
    kyberPreKeys: new KyberPreKeys(stores),
  }
}

function plainAddress(address: ProtocolAddress) {
  return { serviceId: address.name(), deviceId: address.deviceId() }
}

function found(record: Uint8Array | undefined): Uint8Array<ArrayBuffer> {
  if (record === undefined) throw new Error('unknown prekey')
  return owned(record)
}

function neverAsked(): never {
  throw new Error('the library stores no new keys by itself')
}

class Identities extends IdentityKeyStore {
  readonly #stores: ProtocolStores
  constructor(stores: ProtocolStores) {
    super()
    this.#stores = stores
  }
  override async getIdentityKey() {
    return PrivateKey.deserialize(owned((await this.#stores.getIdentityKeyPair()).privateKey))
  }
  override getLocalRegistrationId() {
    return this.#stores.getLocalRegistrationId()
  }
  override async saveIdentity(address: ProtocolAddress, key: PublicKey) {
    const saved = await this.#stores.saveIdentity(plainAddress(address), key.serialize())
    return saved === 'replaced' ? IdentityChange.ReplacedExisting : IdentityChange.NewOrUnchanged
  }
  override isTrustedIdentity(address: ProtocolAddress, key: PublicKey, direction: Direction) {
    return this.#stores.isTrustedIdentity(
      plainAddress(address),
      key.serialize(),
      direction === Direction.Sending ? 'sending' : 'receiving',
    )
  }
  override async getIdentity(address: ProtocolAddress) {
    const key = await this.#stores.getIdentity(plainAddress(address))
    return key === undefined ? null : PublicKey.deserialize(owned(key))
  }
}

class Sessions extends SessionStore {
  readonly #stores: ProtocolStores
  constructor(stores: ProtocolStores) {
    super()
    this.#stores = stores
  }
  override saveSession(address: ProtocolAddress, record: SessionRecord) {
    return this.#stores.storeSession(plainAddress(address), record.serialize())
  }
  override async getSession(address: ProtocolAddress) {
    const record = await this.#stores.loadSession(plainAddress(address))
    return record === undefined ? null : SessionRecord.deserialize(owned(record))
  }
  override async getExistingSessions(addresses: ProtocolAddress[]) {
    const records = await Promise.all(addresses.map((address) => this.getSession(address)))
    return records.filter((record) => record !== null)
  }
}

class PreKeys extends PreKeyStore {
  readonly #stores: ProtocolStores
  constructor(stores: ProtocolStores) {
    super()
    this.#stores = stores
  }
  override savePreKey = neverAsked
  override async getPreKey(id: number) {
    return PreKeyRecord.deserialize(found(await this.#stores.loadPreKey(id)))
  }
  override removePreKey(id: number) {
    return this.#stores.removePreKey(id)
  }
}

class SignedPreKeys extends SignedPreKeyStore {
  readonly #stores: ProtocolStores
  constructor(stores: ProtocolStores) {
    super()
    this.#stores = stores
  }
  override saveSignedPreKey = neverAsked
  override async getSignedPreKey(id: number) {
    return SignedPreKeyRecord.deserialize(found(await this.#stores.loadSignedPreKey(id)))
  }
}

class KyberPreKeys extends KyberPreKeyStore {
  readonly #stores: ProtocolStores
  constructor(stores: ProtocolStores) {
    super()
    this.#stores = stores
  }
  override saveKyberPreKey = neverAsked
  override async getKyberPreKey(id: number) {
    return KyberPreKeyRecord.deserialize(found(await this.#stores.loadKyberPreKey(id)))
  }
  override markKyberPreKeyUsed(kyberId: number, signedId: number, baseKey: PublicKey) {
    return this.#stores.markKyberPreKeyUsed(kyberId, signedId, baseKey.serialize())
  }
}
