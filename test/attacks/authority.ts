/** A certifying authority in the attacker's hand: whatever a relay could sign, this signs. Source: libsignal's sealed sender. */
import * as signal from '@signalapp/libsignal-client'

const DAY_MS = 24 * 3600_000

export interface CertifiedParty {
  accountId: string
  deviceId: number
  /** 33 bytes. */
  identityKey: Uint8Array
}

export class Authority {
  private readonly root = signal.PrivateKey.generate()
  private readonly serverKey = signal.PrivateKey.generate()
  private readonly serverCertificate = signal.ServerCertificate.new(
    1,
    this.serverKey.getPublicKey(),
    this.root,
  )

  get trustRoot(): Uint8Array {
    return this.root.getPublicKey().serialize()
  }

  /** A serialised sender certificate. */
  certify(party: CertifiedParty, expiresAtMs = Date.now() + DAY_MS): Uint8Array {
    const { accountId, deviceId, identityKey } = party
    return signal.SenderCertificate.new(
      accountId,
      null,
      deviceId,
      signal.PublicKey.deserialize(Uint8Array.from(identityKey)),
      expiresAtMs,
      this.serverCertificate,
      this.serverKey,
    ).serialize()
  }
}
