/** A native libsignal endpoint with stores in memory, and certificates as a relay issues them. For tests only. */
import * as native from '@signalapp/libsignal-client'
import type { KeyPair } from '../../primitives/curve.ts'

/** The native library's types want bytes over a plain ArrayBuffer. */
export const plain = (bytes: Uint8Array) => Uint8Array.from(bytes)

class IdentityStore extends native.IdentityKeyStore {
  readonly #known = new Map<string, native.PublicKey>()
  readonly #privateKey: native.PrivateKey

  constructor(privateKey: native.PrivateKey) {
    super()
    this.#privateKey = privateKey
  }
  override async getIdentityKey() {
    return this.#privateKey
  }
  override async getLocalRegistrationId() {
    return 1234
  }
  override async saveIdentity(name: native.ProtocolAddress, key: native.PublicKey) {
    this.#known.set(name.toString(), key)
    return native.IdentityChange.NewOrUnchanged
  }
  override async isTrustedIdentity() {
    return true
  }
  override async getIdentity(name: native.ProtocolAddress) {
    return this.#known.get(name.toString()) ?? null
  }
}

class SessionStore extends native.SessionStore {
  readonly #records = new Map<string, native.SessionRecord>()
  override async saveSession(name: native.ProtocolAddress, record: native.SessionRecord) {
    this.#records.set(name.toString(), record)
  }
  override async getSession(name: native.ProtocolAddress) {
    return this.#records.get(name.toString()) ?? null
  }
  override async getExistingSessions(addresses: native.ProtocolAddress[]) {
    return addresses.flatMap((address) => this.#records.get(address.toString()) ?? [])
  }
}

class PreKeys extends native.PreKeyStore {
  override async savePreKey() {}
  override async getPreKey(): Promise<native.PreKeyRecord> {
    throw new Error('none was offered')
  }
  override async removePreKey() {}
}

class SignedPreKeys extends native.SignedPreKeyStore {
  record: native.SignedPreKeyRecord | undefined
  override async saveSignedPreKey() {}
  override async getSignedPreKey() {
    return this.record as native.SignedPreKeyRecord
  }
}

class KyberPreKeys extends native.KyberPreKeyStore {
  record: native.KyberPreKeyRecord | undefined
  override async saveKyberPreKey() {}
  override async getKyberPreKey() {
    return this.record as native.KyberPreKeyRecord
  }
  override async markKyberPreKeyUsed() {}
}

export class NativeParty {
  readonly serviceId = crypto.randomUUID()
  readonly deviceId: number
  readonly address: native.ProtocolAddress
  readonly privateKey = native.PrivateKey.generate()
  readonly identities = new IdentityStore(this.privateKey)
  readonly sessions = new SessionStore()
  readonly preKeys = new PreKeys()
  readonly signedPreKeys = new SignedPreKeys()
  readonly kyberPreKeys = new KyberPreKeys()

  constructor(deviceId = 1) {
    this.deviceId = deviceId
    this.address = native.ProtocolAddress.new(this.serviceId, deviceId)
  }

  /** The same identity in this package's form. */
  get identity(): KeyPair {
    return {
      publicKey: this.privateKey.getPublicKey().serialize(),
      privateKey: this.privateKey.serialize(),
    }
  }

  bundle(): native.PreKeyBundle {
    const signed = native.PrivateKey.generate()
    const signedSignature = this.privateKey.sign(signed.getPublicKey().serialize())
    this.signedPreKeys.record = native.SignedPreKeyRecord.new(
      7,
      Date.now(),
      signed.getPublicKey(),
      signed,
      signedSignature,
    )
    const kyber = native.KEMKeyPair.generate()
    const kyberSignature = this.privateKey.sign(kyber.getPublicKey().serialize())
    this.kyberPreKeys.record = native.KyberPreKeyRecord.new(9, Date.now(), kyber, kyberSignature)
    return native.PreKeyBundle.new(
      1234,
      this.deviceId,
      null,
      null,
      7,
      signed.getPublicKey(),
      signedSignature,
      this.privateKey.getPublicKey(),
      9,
      kyber.getPublicKey(),
      kyberSignature,
    )
  }

  /** Starts a session with `peer` from its bundle. */
  async meet(peer: NativeParty): Promise<void> {
    await native.processPreKeyBundle(
      peer.bundle(),
      peer.address,
      this.address,
      this.sessions,
      this.identities,
    )
  }

  encrypt(plaintext: Uint8Array, peer: NativeParty): Promise<native.CiphertextMessage> {
    return native.signalEncrypt(plain(plaintext), peer.address, this.address, this.sessions, this.identities)
  }
}

/** A relay's certificate authority. */
export class Authority {
  readonly trustRoot = native.PrivateKey.generate()
  readonly serverKey = native.PrivateKey.generate()
  readonly serverCertificate: native.ServerCertificate

  constructor(keyId = 1) {
    this.serverCertificate = native.ServerCertificate.new(
      keyId,
      this.serverKey.getPublicKey(),
      this.trustRoot,
    )
  }

  get trustRootKey(): Uint8Array {
    return this.trustRoot.getPublicKey().serialize()
  }

  issue(
    party: NativeParty,
    expiresAtMs: number,
    changes: { identityKey?: Uint8Array; signer?: native.PrivateKey } = {},
  ) {
    const identityKey = plain(changes.identityKey ?? party.identity.publicKey)
    return native.SenderCertificate.new(
      party.serviceId,
      null,
      party.deviceId,
      native.PublicKey.deserialize(identityKey),
      expiresAtMs,
      this.serverCertificate,
      changes.signer ?? this.serverKey,
    )
  }
}
