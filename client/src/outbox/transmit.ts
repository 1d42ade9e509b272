/**
 * Takes one entry as far as it goes: seal, submit, write down the answer. An entry that is sealed already is
 * submitted again as it is, under the same key, so that neither a message key nor a delivery is ever doubled.
 * Not concerned with turns and waiting (`lane.ts`).
 */
import type { Refusal } from '@pli/protocol/wire'
import type { SendFailureCode } from '../api.ts'
import type { Connection } from '../connection/connection.ts'
import { ClientError } from '../errors.ts'
import { refused } from '../relay/refusals.ts'
import { isWithin, type SenderCertificates, SUBMIT_WITHIN_MS } from '../sessions/sender-certificate.ts'
import type { OutboxItem, OutboxRecord, SealedSubmission } from './outbox-records.ts'
import { type SealContext, sealEntry } from './seal-entry.ts'
import { settleFailed, settleMismatch, settleRelayed, unseal } from './settle.ts'

/** Rounds of "the device list was another" before it counts as a failure. */
const MAX_ROUNDS = 6

export interface TransmitContext extends SealContext {
  connection: Pick<Connection, 'submit' | 'outcomes'>
  certificates: SenderCertificates
  fence: number
}

/** `ended`: relayed, failed or taken back. `held`: waits for the person's decision about a changed identity key. */
export type Transmitted = 'ended' | 'held'

/** Throws `ClientError` for whatever may pass (`offline`, `rate_limited`, …): then try the entry again later. */
export async function transmit(context: TransmitContext, entry: OutboxRecord): Promise<Transmitted> {
  let current = entry
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const sealed = current.sealed ?? (await seal(context, current))
    if (sealed === 'held' || sealed === 'ended') return sealed
    if (sealed !== 'again') {
      const outcome = await submit(context, current, sealed)
      if (outcome === 'ended') return 'ended'
    }
    const again = await context.store.get('outbox', entry.entryId)
    if (again === undefined) return 'ended'
    current = again
  }
  return fail(context, current, 'refused')
}

async function seal(
  context: TransmitContext,
  entry: OutboxRecord,
): Promise<SealedSubmission | Transmitted | 'again'> {
  const certificate = await context.certificates.current()
  const outcome = await sealEntry(context, entry, certificate, context.fence)
  if (outcome.kind === 'sealed') return outcome.sealed
  if (outcome.kind === 'failed') return fail(context, entry, outcome.code)
  return outcome.kind === 'gone' ? 'ended' : outcome.kind
}

async function submit(
  context: TransmitContext,
  entry: OutboxRecord,
  sealed: SealedSubmission,
): Promise<'ended' | 'again'> {
  const { store, fence, connection } = context
  if (await isOutdated(context, sealed)) {
    await store.transact(async (transaction) => unseal(transaction, entry), { fence })
    return 'again'
  }
  const answer = await connection.submit({
    idempotencyKey: sealed.idempotencyKey,
    accountId: entry.conversationId,
    urgent: isUrgent(entry.item),
    envelopes: sealed.envelopes,
  })
  if (answer.ok) {
    const { receivedAtMs } = answer.value
    await store.transact((transaction) => settleRelayed(transaction, entry, sealed, receivedAtMs), { fence })
    return 'ended'
  }
  return settleRefusal(context, entry, answer)
}

/** Only what a person wrote wakes another. */
function isUrgent(item: OutboxItem): boolean {
  return item.kind !== 'retry_request' && item.content.kind !== 'receipt'
}

async function settleRefusal(
  context: TransmitContext,
  entry: OutboxRecord,
  refusal: Refusal,
): Promise<'ended' | 'again'> {
  const { store, engine, fence } = context
  const { devices } = refusal
  if (refusal.code === 'device_mismatch' && devices !== undefined) {
    const archive = (record: Uint8Array) => engine.archiveSession(record)
    await store.transact((transaction) => settleMismatch(transaction, entry, devices, archive), { fence })
    return 'again'
  }
  if (refusal.code === 'conflict') {
    await store.transact(async (transaction) => unseal(transaction, entry), { fence })
    return 'again'
  }
  const failure = failures[refusal.code]
  if (failure === undefined) throw refused(refusal, context.nowMs())
  await fail(context, entry, failure)
  return 'ended'
}

const failures: Partial<Record<Refusal['code'], SendFailureCode>> = {
  not_reachable: 'not_reachable',
  not_found: 'not_reachable',
  licence_inactive: 'licence_inactive',
  queue_full: 'queue_full',
  bad_request: 'refused',
  too_large: 'refused',
  forbidden: 'refused',
}

async function fail(context: TransmitContext, entry: OutboxRecord, code: SendFailureCode): Promise<'ended'> {
  await context.store.transact((transaction) => settleFailed(transaction, entry, code, context.nowMs()), {
    fence: context.fence,
  })
  return 'ended'
}

/**
 * Whether sealed bytes waited so long that the recipient would refuse their certificate. They are thrown away only
 * if the relay never had them; if it does not say, they go as they are.
 */
async function isOutdated(context: TransmitContext, sealed: SealedSubmission): Promise<boolean> {
  if (isWithin(context.nowMs() - sealed.sealedAtMs, SUBMIT_WITHIN_MS)) return false
  const answer = await context.connection.outcomes([sealed.idempotencyKey])
  if (!answer.ok) throw new ClientError(answer.code)
  return answer.value.states[0] === 'unknown'
}
