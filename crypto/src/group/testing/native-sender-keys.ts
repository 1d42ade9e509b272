/** The native library's sender keys over a map of bytes, so that both engines can hold the same record. For tests. */
import * as native from '@signalapp/libsignal-client'
import type { ProtocolAddress } from '../../identity/address.ts'

type Bytes = Uint8Array<ArrayBuffer>

/** The native library's types want bytes over a plain ArrayBuffer. */
export const plain = (bytes: Uint8Array): Bytes => Uint8Array.from(bytes)

export class NativeSenderKeys extends native.SenderKeyStore {
  readonly records: Map<string, Uint8Array>

  /** @param records shared with a `MemorySenderKeys`, when both engines shall work on them */
  constructor(records = new Map<string, Uint8Array>()) {
    super()
    this.records = records
  }

  override async saveSenderKey(
    sender: native.ProtocolAddress,
    distributionId: native.Uuid,
    record: native.SenderKeyRecord,
  ): Promise<void> {
    this.records.set(`${sender.toString()}::${distributionId}`, record.serialize())
  }

  override async getSenderKey(
    sender: native.ProtocolAddress,
    distributionId: native.Uuid,
  ): Promise<native.SenderKeyRecord | null> {
    const record = this.records.get(`${sender.toString()}::${distributionId}`)
    return record ? native.SenderKeyRecord.deserialize(plain(record)) : null
  }

  async distribute(sender: ProtocolAddress, distributionId: string): Promise<Uint8Array> {
    const message = await native.SenderKeyDistributionMessage.create(addressOf(sender), distributionId, this)
    return message.serialize()
  }

  async process(sender: ProtocolAddress, message: Uint8Array): Promise<void> {
    const parsed = native.SenderKeyDistributionMessage.deserialize(plain(message))
    await native.processSenderKeyDistributionMessage(addressOf(sender), parsed, this)
  }

  async encrypt(sender: ProtocolAddress, distributionId: string, plaintext: Uint8Array): Promise<Uint8Array> {
    const message = await native.groupEncrypt(addressOf(sender), distributionId, this, plain(plaintext))
    return message.serialize()
  }

  decrypt(sender: ProtocolAddress, message: Uint8Array): Promise<Uint8Array> {
    return native.groupDecrypt(addressOf(sender), this, plain(message))
  }
}

function addressOf({ serviceId, deviceId }: ProtocolAddress): native.ProtocolAddress {
  return native.ProtocolAddress.new(serviceId, deviceId)
}
