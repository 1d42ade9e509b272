/**
 * The inbox as a live value: one small record per conversation, read once and then only where something changed.
 * Most urgent first: deadlines, then unanswered, then latest. Not concerned with messages beyond the last.
 */
import type { AccountId } from '@pli/protocol/wire'
import type { InboxRow, Live } from '../api.ts'
import { createLive } from '../live/live-value.ts'
import type { RecordStore } from '../store/record-store.ts'
import { viewOfMessage } from './message-view.ts'
import type { ConversationRecord } from './records.ts'

export async function watchInbox(store: RecordStore): Promise<{ live: Live<InboxRow[]>; stop(): void }> {
  const rows = new Map<string, InboxRow>()
  const live = createLive<InboxRow[]>()
  const dirty = new Set<string>()
  let refreshing: Promise<void> | undefined
  let stopped = false

  const refresh = async () => {
    while (dirty.size > 0 && !stopped) {
      const ids = [...dirty]
      dirty.clear()
      const conversations = await store.getMany('conversations', ids)
      const drafts = await store.getMany('drafts', ids)
      ids.forEach((id, at) => {
        const conversation = conversations[at]
        const row = conversation && inboxRow(conversation, drafts[at]?.text)
        if (row === undefined) rows.delete(id)
        else rows.set(id, row)
      })
      live.set([...rows.values()].sort(mostUrgentFirst))
    }
  }
  const stopListening = store.onChange((changes) => {
    for (const { table, group } of changes) {
      if (table === 'conversations' || table === 'drafts') dirty.add(group)
    }
    if (dirty.size === 0 || refreshing !== undefined) return
    refreshing = refresh()
      // Closed while reading: there is nobody left to tell.
      .catch(() => {})
      .finally(() => {
        refreshing = undefined
      })
  })
  const [conversations, drafts] = await Promise.all([store.list('conversations'), store.list('drafts')])
  const draftOf = new Map(drafts.map((row) => [row.key, row.value.text]))
  for (const { key, value } of conversations) {
    const row = inboxRow(value, draftOf.get(key))
    if (row !== undefined) rows.set(key, row)
  }
  live.set([...rows.values()].sort(mostUrgentFirst))
  return {
    live,
    stop: () => {
      stopped = true
      stopListening()
    },
  }
}

/** Undefined for a conversation in which nothing was written yet, nor drafted. */
export function inboxRow(conversation: ConversationRecord, draft?: string): InboxRow | undefined {
  const { lastMessage, blocked } = conversation
  if (blocked || (lastMessage === undefined && !draft)) return undefined
  const answerByMs = conversation.toAnswer ? nearest(conversation.answerByMs) : undefined
  return {
    conversationId: conversation.conversationId as AccountId,
    person: conversation.person,
    unread: conversation.unreadIds.length,
    toAnswer: conversation.toAnswer,
    latestAtMs: conversation.latestAtMs,
    ...(lastMessage === undefined ? {} : { lastMessage: viewOfMessage(lastMessage) }),
    ...(draft ? { draft } : {}),
    ...(answerByMs === undefined ? {} : { answerByMs }),
  }
}

function nearest(deadlines: readonly number[]): number | undefined {
  return deadlines.length === 0 ? undefined : Math.min(...deadlines)
}

export function mostUrgentFirst(a: InboxRow, b: InboxRow): number {
  const [deadlineA, deadlineB] = [a.answerByMs ?? Infinity, b.answerByMs ?? Infinity]
  if (deadlineA !== deadlineB) return deadlineA < deadlineB ? -1 : 1
  if (a.toAnswer !== b.toAnswer) return a.toAnswer ? -1 : 1
  return b.latestAtMs - a.latestAtMs
}
