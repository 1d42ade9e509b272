/** A device of the native library in memory: the judge that our sessions are held against. */

import type { CiphertextMessage, KeyPair, PreKeyBundle, ProtocolAddress } from '@pli/crypto'
import * as native from '@signalapp/libsignal-client'

type Bytes = Uint8Array<ArrayBuffer>

export class NativeDevice {
  readonly address: ProtocolAddress
  readonly identity: native.IdentityKeyPair
  readonly sessions = new Map<string, Bytes>()
  readonly preKeys = new Map<number, Bytes>()
  readonly signedPreKeys = new Map<number, Bytes>()
  readonly kyberPreKeys = new Map<number, Bytes>()
  readonly #identities = new Map<string, native.PublicKey>()
  readonly #registrationId = 1 + Math.floor(Math.random() * 16_000)
  readonly #local: native.ProtocolAddress
  /** For native calls that take stores and no device. */
  readonly stores = makeStores(this)
  #nextKeyId = 1

  /** @param identity an identity key pair to take over; fresh when absent */
  constructor(address: ProtocolAddress, identity?: KeyPair) {
    this.address = address
    this.identity = identity ? toNativeIdentity(identity) : native.IdentityKeyPair.generate()
    this.#local = toNativeAddress(address)
  }

  get registrationId(): number {
    return this.#registrationId
  }

  get identities(): Map<string, native.PublicKey> {
    return this.#identities
  }

  async publishBundle({ oneTime = true } = {}): Promise<PreKeyBundle> {
    const id = this.#nextKeyId++
    const { privateKey } = this.identity
    const signed = native.PrivateKey.generate()
    const kyber = native.KEMKeyPair.generate()
    const signedPublic = signed.getPublicKey()
    const kyberPublic = kyber.getPublicKey()
    const signature = privateKey.sign(signedPublic.serialize())
    const kyberSignature = privateKey.sign(kyberPublic.serialize())
    const now = Date.now()
    this.signedPreKeys.set(
      id,
      native.SignedPreKeyRecord.new(id, now, signedPublic, signed, signature).serialize(),
    )
    this.kyberPreKeys.set(id, native.KyberPreKeyRecord.new(id, now, kyber, kyberSignature).serialize())
    const bundle = {
      registrationId: this.#registrationId,
      deviceId: this.address.deviceId,
      identityKey: this.identity.publicKey.serialize(),
      signedPreKey: { id, publicKey: signedPublic.serialize(), signature },
      kyberPreKey: { id, publicKey: kyberPublic.serialize(), signature: kyberSignature },
    }
    if (!oneTime) return bundle
    const preKey = native.PrivateKey.generate()
    this.preKeys.set(id, native.PreKeyRecord.new(id, preKey.getPublicKey(), preKey).serialize())
    return { ...bundle, preKey: { id, publicKey: preKey.getPublicKey().serialize() } }
  }

  async open(bundle: PreKeyBundle, remote: ProtocolAddress): Promise<void> {
    const { sessions, identities } = this.stores
    const address = toNativeAddress(remote)
    await native.processPreKeyBundle(toNativeBundle(bundle), address, this.#local, sessions, identities)
  }

  async encrypt(plaintext: Uint8Array, remote: ProtocolAddress): Promise<CiphertextMessage> {
    const { sessions, identities } = this.stores
    const address = toNativeAddress(remote)
    const message = await native.signalEncrypt(plain(plaintext), address, this.#local, sessions, identities)
    const type = message.type()
    if (type !== 2 && type !== 3) throw new Error('the native library made a message of another type')
    return { type, body: message.serialize() }
  }

  async decrypt(message: CiphertextMessage, remote: ProtocolAddress): Promise<Uint8Array> {
    const { sessions, identities, preKeys, signedPreKeys, kyberPreKeys } = this.stores
    const address = toNativeAddress(remote)
    const body = plain(message.body)
    if (message.type === 3) {
      const parsed = native.PreKeySignalMessage.deserialize(body)
      return native.signalDecryptPreKey(
        parsed,
        address,
        this.#local,
        sessions,
        identities,
        preKeys,
        signedPreKeys,
        kyberPreKeys,
      )
    }
    const parsed = native.SignalMessage.deserialize(body)
    return native.signalDecrypt(parsed, address, this.#local, sessions, identities)
  }
}

/** The native library's types want bytes over a plain ArrayBuffer. */
export function plain(bytes: Uint8Array): Bytes {
  return Uint8Array.from(bytes)
}

export function toNativeAddress({ serviceId, deviceId }: ProtocolAddress): native.ProtocolAddress {
  return native.ProtocolAddress.new(serviceId, deviceId)
}

/** The key under which a native device keeps the session with an address. */
export function sessionKey({ serviceId, deviceId }: ProtocolAddress): string {
  return `${serviceId}.${deviceId}`
}

function toNativeIdentity({ publicKey, privateKey }: KeyPair): native.IdentityKeyPair {
  return new native.IdentityKeyPair(
    native.PublicKey.deserialize(plain(publicKey)),
    native.PrivateKey.deserialize(plain(privateKey)),
  )
}

function toNativeBundle(bundle: PreKeyBundle): native.PreKeyBundle {
  const { signedPreKey, kyberPreKey, preKey } = bundle
  return native.PreKeyBundle.new(
    bundle.registrationId,
    bundle.deviceId,
    preKey?.id ?? null,
    preKey ? native.PublicKey.deserialize(plain(preKey.publicKey)) : null,
    signedPreKey.id,
    native.PublicKey.deserialize(plain(signedPreKey.publicKey)),
    plain(signedPreKey.signature),
    native.PublicKey.deserialize(plain(bundle.identityKey)),
    kyberPreKey.id,
    native.KEMPublicKey.deserialize(plain(kyberPreKey.publicKey)),
    plain(kyberPreKey.signature),
  )
}

function makeStores(device: NativeDevice) {
  return {
    sessions: new Sessions(device),
    identities: new Identities(device),
    preKeys: new PreKeys(device),
    signedPreKeys: new SignedPreKeys(device),
    kyberPreKeys: new KyberPreKeys(device),
  }
}

class Sessions extends native.SessionStore {
  readonly #device: NativeDevice

  constructor(device: NativeDevice) {
    super()
    this.#device = device
  }

  override async saveSession(address: native.ProtocolAddress, record: native.SessionRecord): Promise<void> {
    this.#device.sessions.set(address.toString(), record.serialize())
  }

  override async getSession(address: native.ProtocolAddress): Promise<native.SessionRecord | null> {
    const record = this.#device.sessions.get(address.toString())
    return record ? native.SessionRecord.deserialize(record) : null
  }

  override async getExistingSessions(addresses: native.ProtocolAddress[]): Promise<native.SessionRecord[]> {
    return addresses.map((address) =>
      native.SessionRecord.deserialize(required(this.#device.sessions.get(address.toString()))),
    )
  }
}

class Identities extends native.IdentityKeyStore {
  readonly #device: NativeDevice

  constructor(device: NativeDevice) {
    super()
    this.#device = device
  }

  override async getIdentityKey(): Promise<native.PrivateKey> {
    return this.#device.identity.privateKey
  }

  override async getIdentityKeyPair(): Promise<native.IdentityKeyPair> {
    return this.#device.identity
  }

  override async getLocalRegistrationId(): Promise<number> {
    return this.#device.registrationId
  }

  override async saveIdentity(
    address: native.ProtocolAddress,
    key: native.PublicKey,
  ): Promise<native.IdentityChange> {
    this.#device.identities.set(address.toString(), key)
    return native.IdentityChange.NewOrUnchanged
  }

  override async isTrustedIdentity(): Promise<boolean> {
    return true
  }

  override async getIdentity(address: native.ProtocolAddress): Promise<native.PublicKey | null> {
    return this.#device.identities.get(address.toString()) ?? null
  }
}

class PreKeys extends native.PreKeyStore {
  readonly #device: NativeDevice

  constructor(device: NativeDevice) {
    super()
    this.#device = device
  }

  override async savePreKey(id: number, record: native.PreKeyRecord): Promise<void> {
    this.#device.preKeys.set(id, record.serialize())
  }

  override async getPreKey(id: number): Promise<native.PreKeyRecord> {
    return native.PreKeyRecord.deserialize(required(this.#device.preKeys.get(id)))
  }

  override async removePreKey(id: number): Promise<void> {
    this.#device.preKeys.delete(id)
  }
}

class SignedPreKeys extends native.SignedPreKeyStore {
  readonly #device: NativeDevice

  constructor(device: NativeDevice) {
    super()
    this.#device = device
  }

  override async saveSignedPreKey(id: number, record: native.SignedPreKeyRecord): Promise<void> {
    this.#device.signedPreKeys.set(id, record.serialize())
  }

  override async getSignedPreKey(id: number): Promise<native.SignedPreKeyRecord> {
    return native.SignedPreKeyRecord.deserialize(required(this.#device.signedPreKeys.get(id)))
  }
}

class KyberPreKeys extends native.KyberPreKeyStore {
  readonly #device: NativeDevice

  constructor(device: NativeDevice) {
    super()
    this.#device = device
  }

  override async saveKyberPreKey(id: number, record: native.KyberPreKeyRecord): Promise<void> {
    this.#device.kyberPreKeys.set(id, record.serialize())
  }

  override async getKyberPreKey(id: number): Promise<native.KyberPreKeyRecord> {
    return native.KyberPreKeyRecord.deserialize(required(this.#device.kyberPreKeys.get(id)))
  }

  override async markKyberPreKeyUsed(): Promise<void> {}
}

function required(bytes: Bytes | undefined): Bytes {
  if (!bytes) throw new Error('record is not held')
  return bytes
}
