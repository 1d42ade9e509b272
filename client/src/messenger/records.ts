/**
 * Conversations and messages as they are stored. A conversation carries a summary for the inbox, kept in the same
 * commit as the message it sums up, so that no screen ever reads all messages. Types only.
 */
import type { AttachmentPointer, MessageId } from '@pli/protocol/content'
import type { AccountId, DirectoryPerson, OwnAccount, Proof } from '@pli/protocol/wire'
import type { Draft, OutgoingState, Quote, SendFailureCode, StateTimes } from '../api.ts'
import type { Addressee } from '../sessions/session-records.ts'

export interface ConversationRecord {
  conversationId: AccountId
  person: DirectoryPerson
  proof: Proof
  blocked: boolean
  /** Empty until the relay was asked: then every device that an envelope must go to. */
  devices: Addressee[]
  /** Position of the latest message, 0 for none: positions only rise. */
  lastPosition: number
  /** Copy of the latest message that is not hidden. */
  lastMessage?: MessageRecord
  /** Incoming messages the person has not looked at, oldest first; at most `MAX_TRACKED`. */
  unreadIds: MessageId[]
  /** Ours that they have not answered, oldest first; at most `MAX_TRACKED`. */
  unansweredIds: MessageId[]
  /** Whether their last written message came after ours. */
  toAnswer: boolean
  /** Deadlines of their messages since our last one. */
  answerByMs: number[]
  /** Messages shown as unreadable, to bound what one peer can fill the screen with. */
  unreadable: number
  latestAtMs: number
}

export const MAX_TRACKED = 500

export type StoredBody =
  | { kind: 'text'; text: string }
  | {
      kind: 'photo'
      width: number
      height: number
      bytes: number
      caption?: string
      preview?: Uint8Array<ArrayBuffer>
      /** Present once the photo is with the relay. */
      attachment?: AttachmentPointer
      /** Whether the `photos` table holds it. */
      here: boolean
    }
  | { kind: 'unreadable'; sentAgainAskedAtMs?: number }
  | { kind: 'unsupported' }
  | { kind: 'identity_changed' }

export interface MessageRecord {
  id: MessageId
  conversationId: AccountId
  direction: 'in' | 'out' | 'note'
  body: StoredBody
  /** Writer's clock for what was sent, the relay's receipt time for what came. */
  atMs: number
  /** Where it stands: the store's order. */
  position: number
  patientTag?: string
  answerByMs?: number
  quote?: Quote
  /** Only for `out`. */
  outgoing?: StoredOutgoing
  /** Deleted by the person, erased soon unless restored. */
  hidden?: true
}

export interface StoredOutgoing {
  state: OutgoingState['state']
  failure?: SendFailureCode
  /** When `state` was reached. */
  atMs: number
  times: StateTimes
  /** Their clock when they said that it was on their device. */
  onDeviceAtTheirMs?: number
}

/** What remains of an erased message: a copy that comes again is still not shown. */
export interface ErasedMessageRecord {
  conversationId: AccountId
  erasedAtMs: number
}

/** A message that is hidden now and erased at `order`. */
export interface DeletionRecord {
  conversationId: AccountId
}

export type DraftRecord = Draft

/** Key `self`: what the relay last said of the own account. */
export interface OwnAccountRecord {
  account: OwnAccount
}

/** Key `connection`: what the owner tells the tabs that follow. */
export interface ConnectionStatusRecord {
  online: boolean
  upToDate: boolean
  revokedReason?: string
}
