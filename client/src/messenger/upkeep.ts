/**
 * What the owner does now and then without being asked: prekeys topped up and rotated, the fate of messages nobody
 * confirmed, requests repeated, what is old enough forgotten.
 * Source: design/security.md, "Keys and sessions". Not concerned with when (`transmission.ts`).
 */
import { limits } from '@pli/protocol/wire'
import type { MessengerContext } from '../accounts/messenger-context.ts'
import type { Connection } from '../connection/connection.ts'
import { ClientError } from '../errors.ts'
import { askAgain, MAX_REQUESTS } from '../receiving/unreadable.ts'
import {
  dropSurplusPreKeys,
  expireOldPreKeys,
  lastRotationMs,
  makeOneTimePreKeys,
  makeRotatingPreKeys,
  ONE_TIME_PREKEYS,
  ROTATE_AFTER_MS,
  TOP_UP_BELOW,
} from '../sessions/prekeys.ts'
import { put, type RecordStore, remove } from '../store/record-store.ts'
import type { TableName } from '../store/schema.ts'
import { advance, saveConversation } from './conversation-log.ts'

const ASK_AGAIN_AFTER_MS = 3600_000
const FORGET_ERASED_AFTER_MS = 45 * 24 * 3600_000
const SWEEP_ROWS = 200

export interface UpkeepContext
  extends Pick<MessengerContext, 'store' | 'device' | 'identity' | 'engine' | 'relay' | 'nowMs'> {
  connection: Pick<Connection, 'outcomes'>
  fence: number
}

/** Each step by itself: one that fails must not keep the others from being done. Throws the first failure. */
export async function doUpkeep(context: UpkeepContext): Promise<void> {
  const steps = [topUpPreKeys, rotatePreKeys, askOutcomes, askForUnreadable, refreshOwnAccount, forgetOld]
  const failures: unknown[] = []
  for (const step of steps) {
    try {
      await step(context)
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}

/** Stored before they are uploaded: the relay never hands out a key whose private half is not durable here. */
export async function topUpPreKeys(context: UpkeepContext): Promise<void> {
  const { relay, device, engine, identity, store, fence, nowMs } = context
  const left = await relay.keyCounts(device.deviceToken)
  const counts = { ec: missingKeys(left.preKeys), kyber: missingKeys(left.kyberPreKeys) }
  if (counts.ec + counts.kyber === 0) return
  const made = await makeOneTimePreKeys(engine, identity, nowMs(), counts)
  await store.commit(made.changes, { fence })
  const surplus = await dropSurplusPreKeys(store)
  if (surplus.length > 0) await store.commit(surplus, { fence })
  await relay.uploadKeys(device.deviceToken, made.upload)
}

/** `left` is the relay's word: fewer than none are none. */
function missingKeys(left: number): number {
  return left < TOP_UP_BELOW ? ONE_TIME_PREKEYS - Math.max(0, left) : 0
}

async function rotatePreKeys(context: UpkeepContext): Promise<void> {
  const { relay, device, engine, identity, store, fence, nowMs } = context
  const lastMs = (await lastRotationMs(store)) ?? 0
  if (nowMs() - lastMs < ROTATE_AFTER_MS) return
  const made = await makeRotatingPreKeys(engine, identity, nowMs())
  await relay.uploadKeys(device.deviceToken, await storedFirst(store, made, fence))
  const old = await expireOldPreKeys(store, nowMs())
  if (old.length > 0) await store.commit(old, { fence })
}

async function storedFirst(
  store: RecordStore,
  made: Awaited<ReturnType<typeof makeRotatingPreKeys>>,
  fence: number,
) {
  await store.commit(made.changes, { fence })
  return made.upload
}

/** A message that expired unread says so. One the relay no longer knows of after that time has expired as well. */
export async function askOutcomes(context: UpkeepContext): Promise<void> {
  const { store, connection, nowMs } = context
  const rows = await store.list('undelivered')
  for (let at = 0; at < rows.length; at += limits.outcomesPerRequest) {
    const asked = rows.slice(at, at + limits.outcomesPerRequest)
    const answer = await connection.outcomes(asked.map((row) => row.value.idempotencyKey))
    if (!answer.ok) throw new ClientError(answer.code)
    for (const [nth, row] of asked.entries()) {
      const isOver = nowMs() - row.order > limits.envelopeLifetimeMs
      const state = answer.value.states[nth]
      if (state === 'expired' || (state === 'unknown' && isOver)) await markExpired(context, row.key)
      // On a device of theirs: whether it could be read there, its own receipt says.
      if (state === 'delivered' && isOver) await store.commit([remove('undelivered', row.key)])
    }
  }
}

async function markExpired({ store, nowMs }: UpkeepContext, messageId: string): Promise<void> {
  await store.transact(async (transaction) => {
    transaction.remove('undelivered', messageId)
    const message = await transaction.get('messages', messageId)
    const conversation = message && (await transaction.get('conversations', message.conversationId))
    if (message === undefined || conversation === undefined) return
    saveConversation(transaction, advance(transaction, conversation, message, 'expired', nowMs()))
  })
}

async function askForUnreadable({ store, nowMs }: UpkeepContext): Promise<void> {
  for (const { key, value } of await store.list('unreadable')) {
    const isDue = nowMs() - value.askedAtMs > ASK_AGAIN_AFTER_MS
    if (value.asked >= MAX_REQUESTS || !isDue) continue
    await store.transact((transaction) => askAgain(transaction, key, nowMs()))
  }
}

async function refreshOwnAccount({ store, relay, device }: UpkeepContext): Promise<void> {
  const account = await relay.account(device.deviceToken)
  await store.commit([put('ownAccount', 'self', { account })])
}

async function forgetOld({ store, nowMs }: UpkeepContext): Promise<void> {
  const ages: [TableName, number][] = [
    ['submissions', limits.envelopeLifetimeMs],
    ['unreadable', limits.envelopeLifetimeMs],
    ['erasedMessages', FORGET_ERASED_AFTER_MS],
  ]
  for (const [table, ageMs] of ages) {
    const old = await store.list(table, { beforeOrder: nowMs() - ageMs, limit: SWEEP_ROWS })
    if (old.length > 0) await store.commit(old.map((row) => remove(table, row.key)))
  }
}
