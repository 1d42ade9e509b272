/**
 * Sends what waits, in every conversation at once, while this instance owns the ratchets and the relay is there.
 * It looks at the store alone: whatever a tab that follows has written is found by the news of the change.
 * Not concerned with one entry's way (`transmit.ts`), nor with turns within a conversation (`lane.ts`).
 */
import type { AccountId } from '@pli/protocol/wire'
import type { TableChange } from '../store/record-store.ts'
import { createLane, type Lane, type LaneContext } from './lane.ts'

/** Conversations in transmission at once: bounds sealed bytes in memory and submissions in flight. */
const LANES_AT_ONCE = 8
/** Receipts wait this long for others to go with them. */
const RECEIPT_DELAY_MS = 400

export interface Outbox {
  /** Everything that waits gets a try: called when the line is up. */
  kickAll(): Promise<void>
  kick(conversationId: AccountId): void
  stop(): void
}

export function startOutbox(context: Omit<LaneContext, 'limit'>): Outbox {
  const lanes = new Map<AccountId, Lane>()
  const delays = new Set<ReturnType<typeof setTimeout>>()
  const limit = createLimit(LANES_AT_ONCE)
  let stopped = false

  const kick = (conversationId: AccountId) => {
    if (stopped) return
    let lane = lanes.get(conversationId)
    if (lane === undefined) {
      lane = createLane({ ...context, limit }, conversationId)
      lanes.set(conversationId, lane)
    }
    lane.kick()
  }
  const kickLater = (conversationId: AccountId) => {
    const timer = setTimeout(() => {
      delays.delete(timer)
      kick(conversationId)
    }, RECEIPT_DELAY_MS)
    delays.add(timer)
  }
  const heard = (changes: readonly TableChange[]) => {
    for (const { table, group } of changes) {
      // These tables are grouped by conversation.
      if (table === 'outbox' || table === 'identities') kick(group as AccountId)
      if (table === 'receiptsPending') kickLater(group as AccountId)
    }
  }
  const stopListening = context.store.onChange(heard)
  return {
    kick,
    kickAll: async () => {
      const entries = await context.store.list('outbox')
      const receipts = await context.store.list('receiptsPending')
      for (const group of new Set([...entries, ...receipts].map((row) => row.group))) kick(group as AccountId)
    },
    stop: () => {
      stopped = true
      stopListening()
      for (const timer of delays) clearTimeout(timer)
      for (const lane of lanes.values()) lane.stop()
    },
  }
}

function createLimit(most: number): LaneContext['limit'] {
  const waiting: (() => void)[] = []
  let running = 0
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve))
    running += 1
    try {
      return await work()
    } finally {
      running -= 1
      waiting.shift()?.()
    }
  }
}
