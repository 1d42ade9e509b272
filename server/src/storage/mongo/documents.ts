/**
 * The documents as TypeScript sees them; SCHEMA.md tells what each collection is for and which index serves which
 * query. Not concerned with queries.
 */
import type { AccountId, DeviceId, GuaranteeId, GuaranteeState, PersonId, Proof } from '@pli/protocol/wire'
import type { OidcSubject, StoredGuarantee, SubmissionState, TicketKind } from '../interfaces.ts'

/** Names one registration of a device, for ever: unlike a device id it is never used twice. */
export type DeviceKey = string

export interface DeviceEntry {
  deviceKey: DeviceKey
  deviceId: DeviceId
  registrationId: number
  name: string
  createdAtMs: number
  lastSeenDay: string
}

/** The one truth on which devices exist: everything else hangs on a device key and is rubbish when this lists it not. */
export interface AccountDocument {
  _id: AccountId
  personId: PersonId
  identityKey: Buffer
  proof: Proof
  oidc?: OidcSubject
  login?: { name: string; passwordHash: string }
  createdAtMs: number
  lastDeviceId: number
  devices: DeviceEntry[]
  /** Rises with every change of the devices: who changes them says which revision they read. */
  revision: number
}

/** `_id`: `token:` or `revocation:` and the hash in hexadecimal. */
export interface CredentialDocument {
  _id: string
  accountId: AccountId
  device: DeviceKey
}

/** A device that is coming or going: written before, so that a crash leaves a trace to clean up after. */
export interface TransitionDocument {
  _id: DeviceKey
  accountId: AccountId
  since: Date
}

export interface QueueDocument {
  _id: DeviceKey
  lastSequence: number
  /** Never less than what has a place and waits, but for moments; counted again when it reaches the limit. */
  queued: number
  /** Sequences that may not be on their envelopes yet: the sequence, a space, the envelope's `_id`. */
  unwritten: string[]
}

export type EnvelopeState = 'waiting' | 'acknowledged' | 'lost'

/** `_id`: the hash of the idempotency key in hexadecimal, a colon, the device key. */
export interface EnvelopeDocument {
  _id: string
  device: DeviceKey
  /** 0 until it has its place in the queue; then never changed. */
  sequence: number
  state: EnvelopeState
  size: number
  /** Absent once the envelope is acknowledged or lost. */
  content?: Buffer
  contentHash: Buffer
  receivedAtMs: number
  expiresAt: Date
  forgottenAt: Date
  /** When it ceased to wait: what is left until the submission was told. */
  goneAt?: Date
}

/** `_id`: the hash of the idempotency key in hexadecimal. */
export interface SubmissionDocument {
  _id: string
  contentHash: Buffer
  receivedAtMs: number
  state: SubmissionState
  forgottenAt: Date
}

export interface SignedKeyFields {
  id: number
  publicKey: Buffer
  signature: Buffer
}

export interface SignedKeysDocument {
  _id: DeviceKey
  signedPreKey: SignedKeyFields
  lastResortKyberPreKey: SignedKeyFields
}

/** `_id`: device key, kind and id. Handed out, it stays without bytes: a repeated upload cannot bring it back. */
export interface OneTimeKeyDocument {
  _id: string
  device: DeviceKey
  kind: 'ec' | 'kyber'
  id: number
  position: number
  spent: boolean
  publicKey?: Buffer
  signature?: Buffer
}

/** `_id`: kind and hash. */
export interface TicketDocument {
  _id: string
  kind: TicketKind
  hash: Buffer
  personId: PersonId
  value: string
  expiresAt: Date
}

export interface PushDocument {
  _id: DeviceKey
  endpoint: string
  p256dh: Buffer
  auth: Buffer
}

export interface AttachmentDocument {
  _id: string
  sizeBytes: number
  expiresAt: Date
  state: 'uploading' | 'complete'
}

/** GridFS's, with the length beside the bytes. `_id`: the attachment's id and `n`. */
export interface AttachmentChunkDocument {
  _id: string
  files_id: string
  n: number
  size: number
  data: Buffer
}

export interface InstallationDocument {
  _id: string
  value: Buffer
}

export interface GuaranteeDocument {
  _id: GuaranteeId
  requestHash: Buffer
  checkHash: Buffer
  triesLeft: number
  state: GuaranteeState
  guarantorId: PersonId
  nameKey: string
  applicant: StoredGuarantee['applicant']
  requestedAtMs: number
  endsAt: Date
  admittedBy?: StoredGuarantee['admittedBy'] & string
  decision?: StoredGuarantee['decision'] & object
}

/** `_id`: the sequence. */
export interface AuditDocument {
  _id: number
  atMs: number
  event: string
  actor: string
  subject: string
  hash: string
}

export interface SchemaDocument {
  _id: string
  version: number
}
