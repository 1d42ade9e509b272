/** How far uploads are, for the screens of this tab. Lives in memory: after a restart it is asked of the relay. */
import type { AccountId } from '@pli/protocol/wire'
import type { ProgressSource } from '../messenger/conversation-view.ts'
import type { UploadProgress } from '../messenger/message-view.ts'

export interface UploadProgressBoard extends ProgressSource {
  set(messageId: string, conversationId: AccountId, progress: UploadProgress): void
  clear(messageId: string): void
}

export function createProgressBoard(): UploadProgressBoard {
  const known = new Map<string, { conversationId: AccountId; progress: UploadProgress }>()
  const listeners = new Set<(conversationId: AccountId) => void>()
  const tell = (conversationId: AccountId) => {
    for (const listener of [...listeners]) listener(conversationId)
  }
  return {
    of: (messageId) => known.get(messageId)?.progress,
    set: (messageId, conversationId, progress) => {
      known.set(messageId, { conversationId, progress })
      tell(conversationId)
    },
    clear: (messageId) => {
      const entry = known.get(messageId)
      known.delete(messageId)
      if (entry !== undefined) tell(entry.conversationId)
    },
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
