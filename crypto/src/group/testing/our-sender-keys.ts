/** This package's sender keys behind the same few calls as `NativeSenderKeys`. For tests. */
import type { ProtocolAddress } from '../../identity/address.ts'
import { MemorySenderKeys } from '../../testing/index.ts'
import {
  createSenderKeyDistributionMessage,
  groupDecrypt,
  groupEncrypt,
  processSenderKeyDistributionMessage,
} from '../index.ts'

export class OurSenderKeys extends MemorySenderKeys {
  distribute(sender: ProtocolAddress, distributionId: string): Promise<Uint8Array> {
    return createSenderKeyDistributionMessage(sender, distributionId, this)
  }

  async process(sender: ProtocolAddress, message: Uint8Array): Promise<void> {
    await processSenderKeyDistributionMessage(sender, message, this)
  }

  async encrypt(sender: ProtocolAddress, distributionId: string, plaintext: Uint8Array): Promise<Uint8Array> {
    return (await groupEncrypt(sender, distributionId, this, plaintext)).body
  }

  decrypt(sender: ProtocolAddress, message: Uint8Array): Promise<Uint8Array> {
    return groupDecrypt(sender, this, message)
  }
}
