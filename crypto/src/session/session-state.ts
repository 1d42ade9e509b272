/**
 * The state of one session and of a record of sessions, as plain data that is never changed in place.
 *
 * Source: libsignal `rust/protocol/src/state/session.rs` and `storage.proto`, SessionStructure.
 */

/** Most receiver chains kept; the oldest goes first. */
export const MAX_RECEIVER_CHAINS = 5
/** Most keys kept per chain for messages that come late. */
export const MAX_KEPT_KEYS = 2_000
/** Most messages that one message may skip. */
export const MAX_FORWARD_JUMP = 25_000
/** The same between devices of one account, where libsignal has no limit: some seconds of work. */
export const MAX_SELF_JUMP = 250_000
/** Counters are 32 bits: a chain ends before its index would not fit. */
export const MAX_CHAIN_INDEX = 0xffff_ffff
/** Most archived sessions; the oldest goes first. */
export const MAX_ARCHIVED_SESSIONS = 40
/** A session that was opened here and never answered is not used for sending after this. */
export const MAX_UNANSWERED_SESSION_AGE_MS = 30 * 24 * 60 * 60 * 1000

export interface ChainKey {
  readonly index: number
  /** 32 bytes. */
  readonly key: Uint8Array
}

export interface SenderChain {
  /** 33 bytes. */
  readonly ratchetKey: Uint8Array
  /** 32 bytes. */
  readonly ratchetPrivateKey: Uint8Array
  readonly chainKey: ChainKey
}

export interface KeptMessageKey {
  readonly index: number
  /** 32 bytes, from which the message's keys are derived. */
  readonly seed: Uint8Array
}

export interface ReceiverChain {
  /** 33 bytes. */
  readonly ratchetKey: Uint8Array
  readonly chainKey: ChainKey
  /** Newest first. */
  readonly keptKeys: readonly KeptMessageKey[]
}

/** What the first messages repeat until the peer answers. */
export interface PendingPreKey {
  readonly preKeyId?: number | undefined
  readonly signedPreKeyId: number
  /** 33 bytes. */
  readonly baseKey: Uint8Array
  readonly createdAtSeconds: number
}

export interface PendingKyberPreKey {
  readonly preKeyId: number
  /** 1569 bytes. */
  readonly ciphertext: Uint8Array
}

export interface SessionState {
  readonly version: number
  /** 33 bytes each. */
  readonly localIdentity: Uint8Array
  readonly remoteIdentity: Uint8Array
  /** 32 bytes. */
  readonly rootKey: Uint8Array
  readonly previousCounter: number
  readonly senderChain?: SenderChain | undefined
  /** Oldest first. */
  readonly receiverChains: readonly ReceiverChain[]
  readonly pendingPreKey?: PendingPreKey | undefined
  readonly pendingKyberPreKey?: PendingKyberPreKey | undefined
  readonly remoteRegistrationId: number
  readonly localRegistrationId: number
  /** The initiator's base key, 33 bytes: names the session to both sides. */
  readonly baseKey: Uint8Array
  /** The post-quantum ratchet's state, serialised. */
  readonly pqRatchet: Uint8Array
}

export interface SessionRecord {
  readonly current?: SessionState | undefined
  /** Archived sessions, serialised, newest first. */
  readonly archived: readonly Uint8Array[]
}
