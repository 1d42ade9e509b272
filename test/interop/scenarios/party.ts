/** A member of a conversation on either engine: sessions, sender keys and sealed sender behind the same few calls. */
import type { PreKeyBundle, ProtocolAddress } from '@pli/crypto'

export type Engine = 'js' | 'native'

export interface Party {
  readonly engine: Engine
  readonly address: ProtocolAddress
  /** 33 bytes. */
  readonly identityKey: Uint8Array
  /** Changes whenever something was stored, where it can be seen: on our own devices. */
  readonly writes: number
  publishBundle(): Promise<PreKeyBundle>
  openSession(bundle: PreKeyBundle, remote: ProtocolAddress): Promise<void>
  /** The sender key of a distribution, to be handed out. */
  distribute(distributionId: string): Promise<Uint8Array>
  /** A fresh distribution in place of one that a leaver knows. */
  rotate(distributionId: string): Promise<{ distributionId: string; distributionMessage: Uint8Array }>
  takeIn(sender: ProtocolAddress, distributionMessage: Uint8Array): Promise<void>
  /** Encrypts with the session and seals for one: version 1. */
  sealTo(recipient: Party, plaintext: Uint8Array): Promise<Uint8Array>
  /** Encrypts with the sender key and seals for many: the upload of version 2. */
  sealToGroup(message: GroupSend): Promise<Uint8Array>
  /** Opens the seal, believes the certificate or not, and decrypts. */
  unseal(sealed: Uint8Array, receivedAtMs?: number): Promise<Unsealed>
}

export interface GroupSend {
  readonly distributionId: string
  readonly plaintext: Uint8Array
  readonly recipients: readonly Party[]
  /** Accounts. */
  readonly excluded?: readonly string[]
}

export interface Unsealed {
  readonly sender: ProtocolAddress
  readonly plaintext: Uint8Array
}
