/** What the inbox shows of a conversation once its latest message is hidden or taken back. */
import type { MessageId } from '@pli/protocol/content'
import type { RecordStore } from '../store/record-store.ts'
import type { ConversationRecord, MessageRecord } from './records.ts'

/** More than anybody hides at once. */
const LOOK_BACK = 20

/** The latest message of the conversation but this one. */
export async function latestShown(
  store: RecordStore,
  except: Pick<MessageRecord, 'id' | 'conversationId'>,
): Promise<MessageRecord | undefined> {
  const rows = await store.list('messages', { group: except.conversationId, reverse: true, limit: LOOK_BACK })
  return rows.map((row) => row.value).find((message) => message.id !== except.id && message.hidden !== true)
}

export function withoutLast(
  conversation: ConversationRecord,
  messageId: MessageId,
  latest: MessageRecord | undefined,
): ConversationRecord {
  const { lastMessage, ...rest } = conversation
  if (lastMessage?.id !== messageId) return conversation
  return latest === undefined ? rest : { ...rest, lastMessage: latest }
}
