/** A member that runs this implementation. */
import {
  createSenderKeyDistributionMessage,
  groupDecrypt,
  groupEncrypt,
  type KeyPair,
  type PreKeyBundle,
  type ProtocolAddress,
  processSenderKeyDistributionMessage,
  remoteRegistrationId,
  rotateSenderKey,
  type SealedRecipient,
  sealedSenderEncrypt,
  sealedSenderMultiRecipientEncrypt,
  sealedSenderOpen,
} from '@pli/crypto'
import { MemoryDevice, MemorySenderKeys } from '@pli/crypto/testing'
import { sessionKey } from '../native-device.ts'
import type { GroupSend, Party, Unsealed } from './party.ts'
import { NOW_MS, type Relay } from './relay.ts'

export class OurParty implements Party {
  readonly engine = 'js'
  readonly device: MemoryDevice
  readonly senderKeys = new MemorySenderKeys()
  /** As the relay issued it; a test may put another in its place. */
  certificate: Uint8Array
  readonly #trustRoot: Uint8Array

  private constructor(device: MemoryDevice, relay: Relay) {
    this.device = device
    this.certificate = relay.certify(device.address, device.identity.publicKey)
    this.#trustRoot = relay.trustRootKey
  }

  static async create(address: ProtocolAddress, relay: Relay, identity?: KeyPair): Promise<OurParty> {
    return new OurParty(await MemoryDevice.create(address, identity), relay)
  }

  get address(): ProtocolAddress {
    return this.device.address
  }

  get identityKey(): Uint8Array {
    return this.device.identity.publicKey
  }

  get writes(): number {
    return this.device.stores.writes + this.senderKeys.writes
  }

  publishBundle(): Promise<PreKeyBundle> {
    return this.device.publishBundle()
  }

  openSession(bundle: PreKeyBundle, remote: ProtocolAddress): Promise<void> {
    return this.device.open(bundle, remote)
  }

  distribute(distributionId: string): Promise<Uint8Array> {
    return createSenderKeyDistributionMessage(this.address, distributionId, this.senderKeys)
  }

  rotate(distributionId: string) {
    return rotateSenderKey(this.address, distributionId, this.senderKeys)
  }

  async takeIn(sender: ProtocolAddress, message: Uint8Array): Promise<void> {
    await processSenderKeyDistributionMessage(sender, message, this.senderKeys)
  }

  async sealTo(recipient: Party, plaintext: Uint8Array): Promise<Uint8Array> {
    return sealedSenderEncrypt({
      message: await this.device.encrypt(plaintext, recipient.address),
      senderCertificate: this.certificate,
      recipientIdentityKey: recipient.identityKey,
      senderIdentity: this.device.identity,
    })
  }

  async sealToGroup({
    distributionId,
    plaintext,
    recipients,
    excluded = [],
  }: GroupSend): Promise<Uint8Array> {
    const message = await groupEncrypt(this.address, distributionId, this.senderKeys, plaintext)
    return sealedSenderMultiRecipientEncrypt({
      message,
      senderCertificate: this.certificate,
      groupId: new TextEncoder().encode('a group'),
      recipients: this.#byAccount(recipients),
      excludedAccountIds: excluded,
      senderIdentity: this.device.identity,
    })
  }

  async unseal(sealed: Uint8Array, receivedAtMs = NOW_MS): Promise<Unsealed> {
    const { sender, message } = await sealedSenderOpen(sealed, {
      identity: this.device.identity,
      local: this.address,
      trustRoots: [this.#trustRoot],
      receivedAtMs,
    })
    const from = { serviceId: sender.senderUuid, deviceId: sender.senderDeviceId }
    if (message.type === 7) {
      return { sender: from, plaintext: await groupDecrypt(from, this.senderKeys, message.body) }
    }
    const session = { type: message.type, body: message.body }
    return { sender: from, plaintext: await this.device.decrypt(session, from) }
  }

  #byAccount(recipients: readonly Party[]): SealedRecipient[] {
    const accounts = new Map<string, SealedRecipient>()
    for (const { address, identityKey } of recipients) {
      const session = this.device.stores.sessions.get(sessionKey(address)) ?? new Uint8Array()
      const device = { deviceId: address.deviceId, registrationId: remoteRegistrationId(session) }
      const known = accounts.get(address.serviceId)
      accounts.set(address.serviceId, {
        accountId: address.serviceId,
        identityKey,
        devices: [...(known?.devices ?? []), device],
      })
    }
    return [...accounts.values()]
  }
}
