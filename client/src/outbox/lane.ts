/**
 * One conversation's turn-taking: one entry at a time, in the order it was written; receipts, retry requests and
 * resends before what the person wrote, so that an answer never overtakes the news that the question arrived.
 * A photo that is still being uploaded holds the letters behind it, and nothing else.
 */
import type { AccountId } from '@pli/protocol/wire'
import { backoffMs } from '../connection/backoff.ts'
import { ClientError } from '../errors.ts'
import { isPassing } from '../relay/refusals.ts'
import type { Stored } from '../store/record-store.ts'
import { holdWritten } from './hold.ts'
import type { OutboxRecord } from './outbox-records.ts'
import { queueReceipts } from './pending-receipts.ts'
import { type TransmitContext, transmit } from './transmit.ts'

const PAGE = 20
const RETRY = { firstMs: 1_000, mostMs: 60_000 }

export interface LaneContext extends TransmitContext {
  /** Uploads the photo of an entry unless that is going on; the entry changes when it is done. */
  upload(entry: OutboxRecord): void
  /** Runs at most a few lanes at once. */
  limit<T>(work: () => Promise<T>): Promise<T>
  /** Called with what must not happen, and with `not_owner`. */
  failed(error: unknown): void
  isOnline(): boolean
}

export interface Lane {
  kick(): void
  stop(): void
}

export function createLane(context: LaneContext, conversationId: AccountId): Lane {
  let running = false
  let again = false
  let stopped = false
  let failures = 0
  let retry: ReturnType<typeof setTimeout> | undefined

  const wait = (untilMs: number | undefined) => {
    failures += 1
    const waitMs = Math.max(backoffMs(failures, RETRY), (untilMs ?? 0) - context.nowMs())
    clearTimeout(retry)
    retry = setTimeout(kick, waitMs)
  }
  const run = async () => {
    for (;;) {
      again = false
      while (!stopped && context.isOnline() && (await sendNext(context, conversationId))) failures = 0
      if (!again || stopped) return
    }
  }
  const kick = () => {
    again = true
    if (running || stopped) return
    running = true
    clearTimeout(retry)
    void context.limit(run).then(
      () => {
        running = false
        if (again) kick()
      },
      (error: unknown) => {
        running = false
        if (stopped) return
        if (!isPassing(error)) context.failed(error)
        if (context.isOnline()) wait(error instanceof ClientError ? error.retryAtMs : undefined)
      },
    )
  }
  return {
    kick,
    stop: () => {
      stopped = true
      clearTimeout(retry)
    },
  }
}

/** False when nothing can be sent now. */
async function sendNext(context: LaneContext, conversationId: AccountId): Promise<boolean> {
  await queueReceipts(context.store, conversationId, context.nowMs())
  const next = await firstInTurn(context, conversationId)
  if (next === undefined) return false
  if (needsUpload(next)) {
    context.upload(next)
    return false
  }
  if ((await transmit(context, next)) === 'ended') return true
  await holdWritten(context, conversationId)
  return false
}

/** Service entries have the lower turns, and so come first; failed ones wait for the person. */
async function firstInTurn(
  { store }: LaneContext,
  conversationId: AccountId,
): Promise<OutboxRecord | undefined> {
  let after: number | undefined
  for (;;) {
    const rows: Stored<'outbox'>[] = await store.list('outbox', {
      group: conversationId,
      limit: PAGE,
      ...(after === undefined ? {} : { afterOrder: after }),
    })
    const next = rows.find(({ value }) => value.failed === undefined)
    if (next !== undefined || rows.length < PAGE) return next?.value
    after = rows.at(-1)?.order
  }
}

function needsUpload({ item }: OutboxRecord): boolean {
  return item.kind === 'message' && item.content.kind === 'photo' && !('attachment' in item.content)
}
