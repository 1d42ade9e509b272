/** libsignal's stores in memory: all that a small client needs to keep. */
import * as signal from '@signalapp/libsignal-client'

type Bytes = Uint8Array<ArrayBuffer>

class Sessions extends signal.SessionStore {
  private readonly records = new Map<string, Bytes>()
  async saveSession(address: signal.ProtocolAddress, record: signal.SessionRecord) {
    this.records.set(address.toString(), record.serialize())
  }
  async getSession(address: signal.ProtocolAddress) {
    const record = this.records.get(address.toString())
    return record ? signal.SessionRecord.deserialize(record) : null
  }
  async getExistingSessions(addresses: signal.ProtocolAddress[]) {
    const found = await Promise.all(addresses.map((address) => this.getSession(address)))
    return found.filter((record) => record !== null)
  }
}

class Identities extends signal.IdentityKeyStore {
  private readonly known = new Map<string, signal.PublicKey>()
  readonly own: signal.IdentityKeyPair
  readonly registrationId: number
  constructor(own: signal.IdentityKeyPair, registrationId: number) {
    super()
    this.own = own
    this.registrationId = registrationId
  }
  async getIdentityKey() {
    return this.own.privateKey
  }
  async getLocalRegistrationId() {
    return this.registrationId
  }
  async saveIdentity(address: signal.ProtocolAddress, key: signal.PublicKey) {
    const before = this.known.get(address.toString())
    this.known.set(address.toString(), key)
    return before === undefined || before.equals(key)
      ? signal.IdentityChange.NewOrUnchanged
      : signal.IdentityChange.ReplacedExisting
  }
  async isTrustedIdentity(address: signal.ProtocolAddress, key: signal.PublicKey) {
    const known = this.known.get(address.toString())
    return known === undefined || known.equals(key)
  }
  async getIdentity(address: signal.ProtocolAddress) {
    return this.known.get(address.toString()) ?? null
  }
}

class PreKeys extends signal.PreKeyStore {
  private readonly records = new Map<number, Bytes>()
  async savePreKey(id: number, record: signal.PreKeyRecord) {
    this.records.set(id, record.serialize())
  }
  async getPreKey(id: number) {
    return signal.PreKeyRecord.deserialize(required(this.records.get(id)))
  }
  async removePreKey(id: number) {
    this.records.delete(id)
  }
}

class SignedPreKeys extends signal.SignedPreKeyStore {
  private readonly records = new Map<number, Bytes>()
  async saveSignedPreKey(id: number, record: signal.SignedPreKeyRecord) {
    this.records.set(id, record.serialize())
  }
  async getSignedPreKey(id: number) {
    return signal.SignedPreKeyRecord.deserialize(required(this.records.get(id)))
  }
}

class KyberPreKeys extends signal.KyberPreKeyStore {
  private readonly records = new Map<number, Bytes>()
  async saveKyberPreKey(id: number, record: signal.KyberPreKeyRecord) {
    this.records.set(id, record.serialize())
  }
  async getKyberPreKey(id: number) {
    return signal.KyberPreKeyRecord.deserialize(required(this.records.get(id)))
  }
  async markKyberPreKeyUsed() {}
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('no such key')
  return value
}

export interface Stores {
  sessions: signal.SessionStore
  identities: Identities
  preKeys: signal.PreKeyStore
  signedPreKeys: signal.SignedPreKeyStore
  kyberPreKeys: signal.KyberPreKeyStore
}

export function createStores(): Stores {
  const registrationId = 1 + Math.floor(Math.random() * 16_379)
  return {
    sessions: new Sessions(),
    identities: new Identities(signal.IdentityKeyPair.generate(), registrationId),
    preKeys: new PreKeys(),
    signedPreKeys: new SignedPreKeys(),
    kyberPreKeys: new KyberPreKeys(),
  }
}
