/** What the relay does about sealed messages, with native code: it certifies senders and cuts uploads. */
import type { ProtocolAddress } from '@pli/crypto'
import * as native from '@signalapp/libsignal-client'
import SealedSenderMultiRecipientMessage from '@signalapp/libsignal-client/dist/SealedSenderMultiRecipientMessage.js'
import { plain } from '../native-device.ts'

/** A moment of the relay's clock: schedules do not depend on the day they run. */
export const NOW_MS = 1_900_000_000_000
const CERTIFICATE_LIFE_MS = 86_400_000
/** The server key id that the native library's own revocation list holds for tests. */
const REVOKED_KEY_ID = 0xdeadc357

export class Relay {
  readonly trustRoot = native.PrivateKey.generate()
  readonly #serverKey = native.PrivateKey.generate()

  /** 33 bytes. */
  get trustRootKey(): Uint8Array {
    return this.trustRoot.getPublicKey().serialize()
  }

  /** Serialised. @param expiresAtMs a day from now when absent */
  certify(
    address: ProtocolAddress,
    identityKey: Uint8Array,
    { expiresAtMs = NOW_MS + CERTIFICATE_LIFE_MS, revoked = false } = {},
  ): Uint8Array {
    const keyId = revoked ? REVOKED_KEY_ID : 1
    const serverPublicKey = this.#serverKey.getPublicKey()
    return native.SenderCertificate.new(
      address.serviceId,
      null,
      address.deviceId,
      native.PublicKey.deserialize(plain(identityKey)),
      expiresAtMs,
      native.ServerCertificate.new(keyId, serverPublicKey, this.trustRoot),
      this.#serverKey,
    ).serialize()
  }

  /** What each account of an upload gets, by account. */
  cut(upload: Uint8Array): ReadonlyMap<string, CutMessage> {
    const parsed = new SealedSenderMultiRecipientMessage(plain(upload))
    const recipients = Object.entries(parsed.recipientsByServiceIdString())
    return new Map(
      recipients.map(([accountId, recipient]) => [
        accountId,
        { deviceIds: recipient.deviceIds, bytes: parsed.messageForRecipient(recipient) },
      ]),
    )
  }

  /** The accounts that an upload says it leaves out. */
  excluded(upload: Uint8Array): readonly string[] {
    return new SealedSenderMultiRecipientMessage(plain(upload)).excludedRecipientServiceIdStrings()
  }
}

export interface CutMessage {
  readonly deviceIds: readonly number[]
  readonly bytes: Uint8Array
}
