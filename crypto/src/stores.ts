/**
 * What the sessions need kept. All functions take and give bytes and promise; nothing here does I/O.
 *
 * A caller hands in stores that *stage* what is written and commits them in one transaction after the call returned.
 * A call that throws has written nothing, so there is nothing to commit.
 *
 * Bytes that went into a store or came out of one are not changed in place afterwards, by neither side: what they decode
 * to is remembered beside them. Two calls for the same remote device do not overlap.
 */
import type { ProtocolAddress } from './identity/address.ts'
import type { KeyPair } from './primitives/curve.ts'

export interface IdentityKeyStore {
  getIdentityKeyPair(): Promise<KeyPair>
  getLocalRegistrationId(): Promise<number>
  /** The 33-byte key that was saved for an address, or nothing. */
  getIdentity(address: ProtocolAddress): Promise<Uint8Array | undefined>
  /** Tells whether a different key was there before. */
  saveIdentity(address: ProtocolAddress, identityKey: Uint8Array): Promise<'unchanged' | 'replaced'>
  /** The person's decision about a changed key lives behind this. */
  isTrustedIdentity(
    address: ProtocolAddress,
    identityKey: Uint8Array,
    direction: 'sending' | 'receiving',
  ): Promise<boolean>
}

export interface SessionStore {
  loadSession(address: ProtocolAddress): Promise<Uint8Array | undefined>
  storeSession(address: ProtocolAddress, record: Uint8Array): Promise<void>
}

export interface PreKeyStore {
  loadPreKey(id: number): Promise<Uint8Array | undefined>
  removePreKey(id: number): Promise<void>
}

export interface SignedPreKeyStore {
  loadSignedPreKey(id: number): Promise<Uint8Array | undefined>
}

export interface KyberPreKeyStore {
  loadKyberPreKey(id: number): Promise<Uint8Array | undefined>
  /**
   * Removes a one-time key; for the last-resort key remembers (signedPreKeyId, baseKey).
   *
   * @throws CryptoError `reused_base_key` when these were seen before for the last-resort key
   */
  markKyberPreKeyUsed(id: number, signedPreKeyId: number, baseKey: Uint8Array): Promise<void>
}

/** Sender keys of groups, by the device that sends and the distribution, a lower-case UUID. */
export interface SenderKeyStore {
  loadSenderKey(sender: ProtocolAddress, distributionId: string): Promise<Uint8Array | undefined>
  storeSenderKey(sender: ProtocolAddress, distributionId: string, record: Uint8Array): Promise<void>
}

export interface ProtocolStores
  extends IdentityKeyStore,
    SessionStore,
    PreKeyStore,
    SignedPreKeyStore,
    KyberPreKeyStore {}
