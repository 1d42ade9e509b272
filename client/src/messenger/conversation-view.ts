/**
 * One conversation as a live value: its latest messages and every change to them, null while there is none. Reads only while somebody looks.
 * Not concerned with the inbox.
 */
import type { AccountId } from '@pli/protocol/wire'
import type { ConversationView, Live } from '../api.ts'
import { createLive } from '../live/live-value.ts'
import type { RecordStore } from '../store/record-store.ts'
import type { TableName } from '../store/schema.ts'
import { type UploadProgress, viewOfMessage } from './message-view.ts'

export interface ProgressSource {
  of(messageId: string): UploadProgress | undefined
  onChange(listener: (conversationId: AccountId) => void): () => void
}

const watched: ReadonlySet<TableName> = new Set(['conversations', 'messages', 'identities'])

export function watchConversation(
  store: RecordStore,
  progress: ProgressSource,
  conversationId: AccountId,
  limit: number,
): Live<ConversationView | null> {
  let wanted = 0
  let done = 0
  let reading = false
  const read = async () => {
    if (reading) return
    reading = true
    try {
      while (done < wanted) {
        done = wanted
        live.set(await readConversation(store, progress, conversationId, limit))
      }
    } catch {
      // Closed while reading: there is nobody left to tell.
    } finally {
      reading = false
    }
  }
  const changed = () => {
    wanted += 1
    void read()
  }
  const live = createLive<ConversationView | null>(undefined, () => {
    const stops = [
      store.onChange((changes) => {
        if (changes.some(({ table, group }) => group === conversationId && watched.has(table))) changed()
      }),
      progress.onChange((id) => {
        if (id === conversationId) changed()
      }),
    ]
    changed()
    return () => {
      for (const stop of stops) stop()
    }
  })
  return live
}

async function readConversation(
  store: RecordStore,
  progress: ProgressSource,
  conversationId: AccountId,
  limit: number,
): Promise<ConversationView | null> {
  const [conversation, identity, newest] = await Promise.all([
    store.get('conversations', conversationId),
    store.get('identities', conversationId),
    store.list('messages', { group: conversationId, reverse: true, limit: limit + 1 }),
  ])
  if (conversation === undefined) return null
  const shown = newest
    .slice(0, limit)
    .map((row) => row.value)
    .filter((message) => message.hidden !== true)
    .reverse()
  const identityChanged = identity?.pending !== undefined
  return {
    conversationId,
    person: conversation.person,
    proof: conversation.proof,
    verified: identity?.verified === true && !identityChanged,
    identityChanged,
    blocked: conversation.blocked,
    messages: shown.map((message) => viewOfMessage(message, progress.of(message.id))),
    hasEarlier: newest.length > limit,
    unread: conversation.unreadIds.length,
  }
}
