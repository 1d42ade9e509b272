/** What is kept to receive each envelope once, and to ask again for what could not be read. Types only. */
import type { MessageId } from '@pli/protocol/content'
import type { AccountId } from '@pli/protocol/wire'

/** Key `self`. */
export interface ReceivedRecord {
  /** Sequences handled lately, oldest first: more than the relay can have in flight. */
  sequences: number[]
}

/**
 * Key: `timedKeys`; group: conversation; order: the relay's receipt time. An envelope that could not be read.
 */
export interface UnreadableRecord {
  conversationId: AccountId
  /** Its place in the conversation; absent when nothing is shown. */
  placeholderId?: MessageId
  receivedAtMs: number
  /** PlaintextContent that asks for it again; absent when asking is no use. */
  request?: Uint8Array
  asked: number
  askedAtMs: number
}
