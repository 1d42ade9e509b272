/** A member that runs the native library. */
import { randomUUID } from 'node:crypto'
import type { KeyPair, PreKeyBundle, ProtocolAddress } from '@pli/crypto'
import { senderKeyName } from '@pli/crypto/testing'
import * as native from '@signalapp/libsignal-client'
import { NativeDevice, plain, toNativeAddress } from '../native-device.ts'
import type { GroupSend, Party, Unsealed } from './party.ts'
import { NOW_MS, type Relay } from './relay.ts'

const SEALED_SENDER_V1 = 0x11
const SENDER_KEY_TYPE = 7

export class NativeParty implements Party {
  readonly engine = 'native'
  readonly writes = 0
  readonly device: NativeDevice
  /** As the relay issued it; a test may put another in its place. */
  certificate: Uint8Array
  readonly #senderKeys = new SenderKeys()
  readonly #trustRoot: native.PublicKey
  readonly #address: native.ProtocolAddress

  constructor(address: ProtocolAddress, relay: Relay, identity?: KeyPair) {
    this.device = new NativeDevice(address, identity)
    this.certificate = relay.certify(address, this.identityKey)
    this.#trustRoot = relay.trustRoot.getPublicKey()
    this.#address = toNativeAddress(address)
  }

  get address(): ProtocolAddress {
    return this.device.address
  }

  get identityKey(): Uint8Array {
    return this.device.identity.publicKey.serialize()
  }

  publishBundle(): Promise<PreKeyBundle> {
    return this.device.publishBundle()
  }

  openSession(bundle: PreKeyBundle, remote: ProtocolAddress): Promise<void> {
    return this.device.open(bundle, remote)
  }

  async distribute(distributionId: string): Promise<Uint8Array> {
    const { SenderKeyDistributionMessage } = native
    return (
      await SenderKeyDistributionMessage.create(this.#address, distributionId, this.#senderKeys)
    ).serialize()
  }

  async rotate() {
    const distributionId = randomUUID()
    return { distributionId, distributionMessage: await this.distribute(distributionId) }
  }

  async takeIn(sender: ProtocolAddress, message: Uint8Array): Promise<void> {
    const parsed = native.SenderKeyDistributionMessage.deserialize(plain(message))
    await native.processSenderKeyDistributionMessage(toNativeAddress(sender), parsed, this.#senderKeys)
  }

  async sealTo(recipient: Party, plaintext: Uint8Array): Promise<Uint8Array> {
    const { sessions, identities } = this.device.stores
    const address = toNativeAddress(recipient.address)
    const message = await native.signalEncrypt(plain(plaintext), address, this.#address, sessions, identities)
    return native.sealedSenderEncrypt(this.#content(message, null), address, identities)
  }

  async sealToGroup({
    distributionId,
    plaintext,
    recipients,
    excluded = [],
  }: GroupSend): Promise<Uint8Array> {
    const text = plain(plaintext)
    const message = await native.groupEncrypt(this.#address, distributionId, this.#senderKeys, text)
    return native.sealedSenderMultiRecipientEncrypt({
      content: this.#content(message, plain(new TextEncoder().encode('a group'))),
      recipients: recipients.map(({ address }) => toNativeAddress(address)),
      excludedRecipients: excluded.map((accountId) => native.Aci.fromUuid(accountId)),
      identityStore: this.device.stores.identities,
      sessionStore: this.device.stores.sessions,
    })
  }

  unseal(sealed: Uint8Array, receivedAtMs = NOW_MS): Promise<Unsealed> {
    return sealed[0] === SEALED_SENDER_V1
      ? this.#unsealSession(sealed, receivedAtMs)
      : this.#unsealGroup(sealed, receivedAtMs)
  }

  async #unsealSession(sealed: Uint8Array, receivedAtMs: number): Promise<Unsealed> {
    const { sessions, identities, preKeys, signedPreKeys, kyberPreKeys } = this.device.stores
    const opened = await native.sealedSenderDecryptMessage(
      plain(sealed),
      this.#trustRoot,
      receivedAtMs,
      null,
      this.address.serviceId,
      this.address.deviceId,
      sessions,
      identities,
      preKeys,
      signedPreKeys,
      kyberPreKeys,
    )
    const sender = { serviceId: opened.senderUuid(), deviceId: opened.deviceId() }
    return { sender, plaintext: opened.message() }
  }

  async #unsealGroup(sealed: Uint8Array, receivedAtMs: number): Promise<Unsealed> {
    const content = await native.sealedSenderDecryptToUsmc(plain(sealed), this.device.stores.identities)
    const certificate = content.senderCertificate()
    if (!certificate.validate(this.#trustRoot, receivedAtMs)) throw new Error('certificate is not valid')
    if (content.msgType() !== SENDER_KEY_TYPE) throw new Error('message is not for a group')
    const sender = { serviceId: certificate.senderUuid(), deviceId: certificate.senderDeviceId() }
    const from = toNativeAddress(sender)
    return { sender, plaintext: await native.groupDecrypt(from, this.#senderKeys, content.contents()) }
  }

  #content(message: native.CiphertextMessage, groupId: Uint8Array<ArrayBuffer> | null) {
    const certificate = native.SenderCertificate.deserialize(plain(this.certificate))
    const { UnidentifiedSenderMessageContent, ContentHint } = native
    return UnidentifiedSenderMessageContent.new(message, certificate, ContentHint.Default, groupId)
  }
}

class SenderKeys extends native.SenderKeyStore {
  readonly #records = new Map<string, Uint8Array<ArrayBuffer>>()

  override async saveSenderKey(
    sender: native.ProtocolAddress,
    distributionId: native.Uuid,
    record: native.SenderKeyRecord,
  ): Promise<void> {
    this.#records.set(nameOf(sender, distributionId), record.serialize())
  }

  override async getSenderKey(
    sender: native.ProtocolAddress,
    distributionId: native.Uuid,
  ): Promise<native.SenderKeyRecord | null> {
    const record = this.#records.get(nameOf(sender, distributionId))
    return record ? native.SenderKeyRecord.deserialize(record) : null
  }
}

function nameOf(sender: native.ProtocolAddress, distributionId: string): string {
  return senderKeyName({ serviceId: sender.name(), deviceId: sender.deviceId() }, distributionId)
}
