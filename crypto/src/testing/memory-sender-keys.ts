/** Sender keys in memory, for tests and for the interoperation run. Not for the product: nothing is durable. */
import type { ProtocolAddress } from '../identity/address.ts'
import type { SenderKeyStore } from '../stores.ts'

export class MemorySenderKeys implements SenderKeyStore {
  readonly records = new Map<string, Uint8Array>()
  /** Counts what was written, so that a test can see that a refusal wrote nothing. */
  writes = 0

  async loadSenderKey(sender: ProtocolAddress, distributionId: string): Promise<Uint8Array | undefined> {
    return this.records.get(senderKeyName(sender, distributionId))
  }

  async storeSenderKey(sender: ProtocolAddress, distributionId: string, record: Uint8Array): Promise<void> {
    this.records.set(senderKeyName(sender, distributionId), record)
    this.writes++
  }
}

/** The name under which a sender's record of a distribution is kept. */
export function senderKeyName({ serviceId, deviceId }: ProtocolAddress, distributionId: string): string {
  return `${serviceId}.${deviceId}::${distributionId}`
}
