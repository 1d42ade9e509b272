/** A device of this implementation in memory, with the few calls that tests make over and over. */
import type { ProtocolAddress } from '../identity/address.ts'
import { generateIdentityKeyPair, generateRegistrationId } from '../identity/identity-keys.ts'
import {
  generateKyberPreKeyRecord,
  generatePreKeyRecord,
  generateSignedPreKeyRecord,
  type PreKeyBundle,
} from '../identity/prekeys.ts'
import type { KeyPair } from '../primitives/curve.ts'
import { decryptMessage } from '../session/decrypt.ts'
import { encryptMessage } from '../session/encrypt.ts'
import { processPreKeyBundle } from '../session/open-session.ts'
import type { CiphertextMessage } from '../wire/ciphertext-message.ts'
import { MemoryStores } from './memory-stores.ts'

export class MemoryDevice {
  readonly address: ProtocolAddress
  readonly stores: MemoryStores
  readonly identity: KeyPair
  readonly #registrationId: number
  #nextKeyId = 1

  private constructor(address: ProtocolAddress, identity: KeyPair, registrationId: number) {
    this.address = address
    this.identity = identity
    this.#registrationId = registrationId
    this.stores = new MemoryStores(identity, registrationId)
  }

  /** @param identity shared by the devices of one account; fresh when absent */
  static async create(address: ProtocolAddress, identity?: KeyPair): Promise<MemoryDevice> {
    const keys = identity ?? (await generateIdentityKeyPair())
    return new MemoryDevice(address, keys, await generateRegistrationId())
  }

  /** Makes one prekey of each kind, keeps the records and gives the public halves. */
  async publishBundle({ oneTime = true, nowMs = Date.now() } = {}): Promise<PreKeyBundle> {
    const id = this.#nextKeyId++
    const signed = await generateSignedPreKeyRecord(id, this.identity, nowMs)
    const kyber = await generateKyberPreKeyRecord(id, this.identity, nowMs)
    this.stores.signedPreKeys.set(id, signed.record)
    this.stores.kyberPreKeys.set(id, kyber.record)
    const bundle = {
      registrationId: this.#registrationId,
      deviceId: this.address.deviceId,
      identityKey: this.identity.publicKey,
      signedPreKey: signed.public,
      kyberPreKey: kyber.public,
    }
    if (!oneTime) return bundle
    const preKey = await generatePreKeyRecord(id)
    this.stores.preKeys.set(id, preKey.record)
    return { ...bundle, preKey: preKey.public }
  }

  async open(bundle: PreKeyBundle, remote: ProtocolAddress, nowMs = Date.now()): Promise<void> {
    await processPreKeyBundle(bundle, remote, this.address, this.stores, nowMs)
  }

  async encrypt(
    plaintext: Uint8Array,
    remote: ProtocolAddress,
    nowMs = Date.now(),
  ): Promise<CiphertextMessage> {
    return encryptMessage(plaintext, remote, this.address, this.stores, nowMs)
  }

  async decrypt(message: CiphertextMessage, remote: ProtocolAddress): Promise<Uint8Array> {
    return decryptMessage(message, remote, this.address, this.stores)
  }
}
