/**
 * What waits to be sent, and what was sent lately. Types only.
 * waiting → (uploading) → sealed → gone: an entry with `sealed` holds the very bytes and key of one submission, and
 * is only ever submitted again as it is until the relay answered.
 */
import type { Content, MessageId, PhotoMessage, Receipt, TextMessage } from '@pli/protocol/content'
import type { AccountId } from '@pli/protocol/wire'
import type { SendFailureCode } from '../api.ts'
import type { Addressee } from '../sessions/session-records.ts'

/** A photo whose attachment is not with the relay yet. */
export type PhotoDraft = Omit<PhotoMessage, 'attachment'>

export type OutboxItem =
  | { kind: 'message'; content: TextMessage | PhotoMessage | PhotoDraft }
  | { kind: 'receipt'; content: Receipt }
  /** Something sent before that a device could not read; goes only to `devices`. */
  | { kind: 'resend'; content: Content; devices: Addressee[]; identityKey: Uint8Array; origin: string }
  /** PlaintextContent for whoever sent what could not be read. */
  | { kind: 'retry_request'; request: Uint8Array }

export interface SealedSubmission {
  /** 16 bytes. */
  idempotencyKey: Uint8Array
  envelopes: { deviceId: number; registrationId: number; content: Uint8Array }[]
  /** By this device's clock: if it waits too long, the sender certificate inside will have expired. */
  sealedAtMs: number
  /** The identity key (33 bytes) it was sealed to. */
  identityKey: Uint8Array
}

/**
 * Key: entry id (the message id for a letter); group: conversation; order: turn. The turn of a letter is its position,
 * that of anything else the time in ms, which is lower: receipts, retry requests and resends come first.
 */
export interface OutboxRecord {
  entryId: string
  conversationId: AccountId
  item: OutboxItem
  turn: number
  sealed?: SealedSubmission
  failed?: SendFailureCode
}

/** Key: conversation. Receipts that wait to be sent together. */
export interface PendingReceiptsRecord {
  delivered: MessageId[]
  opened: MessageId[]
}

/** Key: `timedKeys`; group: conversation; order: the relay's receipt time. For resending on request. */
export interface SubmissionRecord {
  conversationId: AccountId
  receivedAtMs: number
  /** The message, or the receipt itself, which nothing else keeps. */
  messageId?: MessageId
  receipt?: Receipt
  devices: Addressee[]
  identityKey: Uint8Array
  /** How often it was sent again; counted here alone, at the first. */
  resent: number
  /** Of a copy: the key of the first submission, which counts. */
  origin?: string
}

/** Key: message id; order: the relay's receipt time. Written messages without a sign of delivery. */
export interface UndeliveredRecord {
  conversationId: AccountId
  /** 16 bytes: under which the relay tells what became of it. */
  idempotencyKey: Uint8Array
}
