/**
 * First look at an envelope, outside any transaction: who sent it, and do we know them. Asks the relay about a
 * sender it has never met, or whose key is another than the known one. Changes nothing but what it learns of people.
 * Not concerned with what the message says.
 */
import { type AccountId, accountId, type Delivery, deviceId } from '@pli/protocol/wire'
import type { MessengerContext } from '../accounts/messenger-context.ts'
import type { Unsealed } from '../engine/session-engine.ts'
import { ClientError } from '../errors.ts'
import { earlierKeyOf, meetAccount, standingOf } from '../sessions/remote-identities.ts'
import { sameBytes } from '../sessions/same-bytes.ts'
import type { TrustCheck } from './trust-check.ts'

export type Envelope = Delivery['envelopes'][number]

/** `dropped`: nothing in it can be held against anybody we know. It is acknowledged and counted. */
export type FirstLook =
  | { envelope: Envelope; kind: 'known'; sender: AccountId; unsealed: Unsealed }
  /** The sender's key is neither the known one nor the one the relay knows now: shown, never decrypted. */
  | { envelope: Envelope; kind: 'foreign_key'; sender: AccountId; unsealed: Unsealed }
  | { envelope: Envelope; kind: 'dropped'; detail: string }

export type LookContext = Pick<
  MessengerContext,
  'device' | 'identity' | 'store' | 'engine' | 'relay' | 'nowMs'
> & {
  fence: number
  trust: TrustCheck
}

/** Throws `offline` and passing codes of the relay, `not_owner`, `trust_root_changed`: then the envelope is left for later. */
export async function lookAt(context: LookContext, envelope: Envelope): Promise<FirstLook> {
  const { engine, device, identity } = context
  const local = { serviceId: device.accountId, deviceId: device.deviceId }
  const { trustRoots } = device
  const { receivedAtMs } = envelope
  const opened = await harmless(
    engine.unseal(envelope.content, { identity, local, trustRoots, receivedAtMs }),
  )
  if (!opened.ok) {
    if (opened.reason === 'certificate') await context.trust.check()
    return { envelope, kind: 'dropped', detail: opened.detail }
  }
  const unsealed = opened.value
  const sender = accountId.safeParse(unsealed.sender.serviceId)
  if (!sender.success || !deviceId.safeParse(unsealed.sender.deviceId).success) {
    return { envelope, kind: 'dropped', detail: 'sender_address' }
  }
  // Another device of our own: nothing of ours sends such messages yet.
  if (sender.data === device.accountId) return { envelope, kind: 'dropped', detail: 'own_account' }
  const kind = await recognise(context, sender.data, unsealed)
  if (kind === 'dropped') return { envelope, kind, detail: 'unknown_account' }
  return { envelope, kind, sender: sender.data, unsealed }
}

async function recognise(
  context: LookContext,
  sender: AccountId,
  unsealed: Unsealed,
): Promise<'known' | 'foreign_key' | 'dropped'> {
  const { store, relay, device } = context
  const standing = await standingOf(store, sender, unsealed.senderIdentityKey)
  if (standing === 'accepted' || standing === 'changed') return 'known'
  const account = await asked(relay.publicAccount(device.deviceToken, sender))
  if (account === undefined) return standing === 'new' ? 'dropped' : 'foreign_key'
  const earlierKey = await earlierKeyOf(store, account)
  await store.transact((transaction) => meetAccount(transaction, account, context.nowMs(), earlierKey), {
    fence: context.fence,
  })
  return sameBytes(account.identityKey, unsealed.senderIdentityKey) ? 'known' : 'foreign_key'
}

/** A peer's bytes must not be able to stop the rest: whatever an engine trips over is a refusal. */
export async function harmless<T>(
  work: Promise<T>,
): Promise<T | { ok: false; reason: 'malformed'; detail: string }> {
  try {
    return await work
  } catch (error) {
    if (error instanceof ClientError) throw error
    return { ok: false, reason: 'malformed', detail: 'unexpected' }
  }
}

async function asked<T>(request: Promise<T>): Promise<T | undefined> {
  try {
    return await request
  } catch (error) {
    if (error instanceof ClientError && (error.code === 'not_found' || error.code === 'not_reachable')) {
      return undefined
    }
    throw error
  }
}
