/**
 * What the messenger needs of the Signal protocol, whoever computes it: this repository's `crypto` (`engine/`) or
 * libsignal's native library (`engine-native/`). Bytes in, bytes out; records are libsignal's own protobuf forms.
 * Reads and writes only the stores it is handed: the caller commits them, or throws them away after a refusal.
 * Not concerned with people, contents, networks or time.
 */
import type { KeyPair, ProtocolAddress, ProtocolStores } from '@pli/crypto'

export type { KeyPair, ProtocolAddress, ProtocolStores } from '@pli/crypto'

export interface PublicPreKey {
  id: number
  /** 33 bytes, or 1569 for Kyber. */
  publicKey: Uint8Array<ArrayBuffer>
}
export interface SignedPublicPreKey extends PublicPreKey {
  /** 64 bytes. */
  signature: Uint8Array<ArrayBuffer>
}
export interface Generated<P> {
  /** PreKeyRecord, SignedPreKeyRecord or KyberPreKeyRecord, serialised; holds the private key. */
  record: Uint8Array
  public: P
}

/** One device's bundle, as the relay hands it out. */
export interface RemoteBundle {
  registrationId: number
  deviceId: number
  identityKey: Uint8Array
  signedPreKey: SignedPublicPreKey
  preKey?: PublicPreKey | undefined
  kyberPreKey: SignedPublicPreKey
}

/** What a recipient should do when it cannot decrypt: ask again and show that something is missing, or only ask. */
export type ContentHint = 'resendable' | 'implicit'

/** A sealed message whose sender is known for certain, not yet decrypted. */
export interface Unsealed {
  sender: ProtocolAddress
  /** 33 bytes: of the certificate, and proven to be held by who sealed. */
  senderIdentityKey: Uint8Array
  /** 2 whisper, 3 prekey, 8 retry request. */
  messageType: 2 | 3 | 8
  body: Uint8Array
  contentHint: ContentHint | 'default'
}

/** Asks the sender of a message that could not be read to send it again. */
export interface RetryRequest {
  /** 33 bytes, of the session the message was encrypted in; absent for a first message. */
  ratchetKey?: Uint8Array | undefined
  /** The relay's receipt time of the envelope. */
  timestampMs: number
  /** The device that sent it. */
  deviceId: number
}

/**
 * Why an engine refused. `duplicate`: this very message was read before. `untrusted_identity`: the stores said so.
 * `refused_bundle`: a signature or key of the bundle does not hold. `certificate`: nobody we trust vouches for the
 * sender. `undecryptable`: authentic as to its sender, and cannot be read. `malformed`: not even that.
 */
export type EngineRefusalReason =
  | 'duplicate'
  | 'untrusted_identity'
  | 'no_session'
  | 'refused_bundle'
  | 'certificate'
  | 'self_send'
  | 'undecryptable'
  | 'malformed'

/** `detail` is the engine's own code, for tests and counters; it names nobody. */
export interface EngineRefusal {
  ok: false
  reason: EngineRefusalReason
  detail: string
}
export type EngineResult<T> = { ok: true; value: T } | EngineRefusal

/** The two ends of a session, and the stores that hold it. */
export interface SessionEnds {
  remote: ProtocolAddress
  local: ProtocolAddress
  stores: ProtocolStores
}

export interface SealedMessageInput extends SessionEnds {
  plaintext: Uint8Array
  /** As the relay issued it. */
  senderCertificate: Uint8Array
  contentHint: ContentHint
  nowMs: number
}

export interface SafetyNumberBytes {
  digits: string
  scannable: Uint8Array
}

export interface SafetyNumberEnd {
  accountId: string
  identityKey: Uint8Array
}

export interface SessionEngine {
  generateIdentityKeyPair(): Promise<KeyPair>
  /** 1–16380. */
  generateRegistrationId(): Promise<number>
  generatePreKey(id: number): Promise<Generated<PublicPreKey>>
  generateSignedPreKey(id: number, identity: KeyPair, nowMs: number): Promise<Generated<SignedPublicPreKey>>
  generateKyberPreKey(id: number, identity: KeyPair, nowMs: number): Promise<Generated<SignedPublicPreKey>>

  /** Begins a session; an earlier one is archived. */
  processBundle(bundle: RemoteBundle, ends: SessionEnds, nowMs: number): Promise<EngineResult<undefined>>
  /** Whether this session record can encrypt now. */
  hasUsableSession(record: Uint8Array, nowMs: number): boolean
  remoteRegistrationId(record: Uint8Array): number | undefined
  archiveSession(record: Uint8Array): Uint8Array
  ratchetKeyMatches(record: Uint8Array, ratchetKey: Uint8Array): boolean

  /** Encrypts in the session and seals: the envelope's bytes. */
  seal(input: SealedMessageInput): Promise<EngineResult<Uint8Array>>
  /** Who sent this. The certificate is judged at the relay's receipt time. */
  unseal(
    sealed: Uint8Array,
    context: {
      identity: KeyPair
      local: ProtocolAddress
      trustRoots: readonly Uint8Array[]
      receivedAtMs: number
    },
  ): Promise<EngineResult<Unsealed>>
  /** The plaintext of an unsealed message of type 2 or 3, still padded. */
  decrypt(unsealed: Unsealed, ends: Omit<SessionEnds, 'remote'>): Promise<EngineResult<Uint8Array>>

  readRetryRequest(unsealed: Unsealed): EngineResult<RetryRequest>
  /** PlaintextContent that asks for `failed` again; undefined when its bytes do not even name a ratchet. */
  buildRetryRequest(failed: Unsealed, receivedAtMs: number): Uint8Array | undefined
  sealRetryRequest(input: {
    /** Of `buildRetryRequest`. */
    request: Uint8Array
    recipientIdentityKey: Uint8Array
    identity: KeyPair
    senderCertificate: Uint8Array
  }): Promise<Uint8Array>

  safetyNumber(local: SafetyNumberEnd, remote: SafetyNumberEnd): Promise<SafetyNumberBytes>
  /** `unreadable` and `version` when what was scanned is no safety number, or one of another version. */
  compareSafetyNumber(ours: Uint8Array, scanned: Uint8Array): 'match' | 'mismatch' | 'unreadable' | 'version'
}
