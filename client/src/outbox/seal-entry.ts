/**
 * Turns an entry's content into sealed envelopes for every device of the recipient, at the moment of sending, and
 * commits them with the ratchets they stepped. Until that commit nothing has left, and a crash costs nothing;
 * after it these very bytes are what is submitted, however often.
 * Source: design/security.md, "Keys and sessions". Not concerned with submitting.
 */
import { type Content, encodeContent } from '@pli/protocol/content'
import type { AccountBundles, AccountId } from '@pli/protocol/wire'
import type { MessengerContext } from '../accounts/messenger-context.ts'
import type { SendFailureCode } from '../api.ts'
import type { ProtocolStores, RemoteBundle } from '../engine/session-engine.ts'
import { ClientError } from '../errors.ts'
import { saveConversation } from '../messenger/conversation-log.ts'
import { createOverlay } from '../sessions/overlay.ts'
import { meetAccount, noteChangedIdentity } from '../sessions/remote-identities.ts'
import { sameBytes } from '../sessions/same-bytes.ts'
import type { Addressee } from '../sessions/session-records.ts'
import { createStagedStores, sessionKey, unlessDamaged } from '../sessions/staged-stores.ts'
import type { Transaction } from '../store/record-store.ts'
import type { OutboxItem, OutboxRecord, SealedSubmission } from './outbox-records.ts'

/** `held`: the identity key changed and the person has not decided. `gone`: taken back meanwhile. */
export type SealOutcome =
  | { kind: 'sealed'; sealed: SealedSubmission }
  | { kind: 'failed'; code: SendFailureCode }
  | { kind: 'held' }
  | { kind: 'gone' }
  /** Something changed under our hands: look again. */
  | { kind: 'again' }

export type SealContext = Pick<
  MessengerContext,
  'device' | 'identity' | 'store' | 'engine' | 'relay' | 'nowMs'
>

/** Throws `offline` and passing codes of the relay; `not_owner`. */
export async function sealEntry(
  context: SealContext,
  entry: OutboxRecord,
  senderCertificate: Uint8Array,
  fence: number,
): Promise<SealOutcome> {
  const recipient = await lookUpRecipient(context, entry, fence)
  if ('kind' in recipient) return recipient
  return context.store.transact(
    (transaction) => sealInside(context, transaction, entry, recipient, senderCertificate),
    {
      fence,
    },
  )
}

interface Recipient {
  devices: Addressee[]
  /** For devices without a session that can send. */
  bundles: Map<number, RemoteBundle>
}

async function lookUpRecipient(
  context: SealContext,
  entry: OutboxRecord,
  fence: number,
): Promise<Recipient | SealOutcome> {
  const { store, relay, device } = context
  const { conversationId } = entry
  let conversation = await store.get('conversations', conversationId)
  if (conversation === undefined) return { kind: 'failed', code: 'not_reachable' }
  if ((await store.get('identities', conversationId))?.pending !== undefined) return { kind: 'held' }
  if (conversation.devices.length === 0) {
    const account = await reach(relay.publicAccount(device.deviceToken, conversationId))
    if (account === undefined) return { kind: 'failed', code: 'not_reachable' }
    const met = (transaction: Transaction) => meetAccount(transaction, account, context.nowMs())
    if ((await store.transact(met, { fence })) === 'changed') return { kind: 'held' }
    conversation = { ...conversation, devices: account.devices }
  }
  if (conversation.devices.length === 0) return { kind: 'failed', code: 'not_reachable' }
  // A retry request is not encrypted in a session, so that none is needed to send it.
  if (entry.item.kind === 'retry_request') return { devices: conversation.devices, bundles: new Map() }
  const { devices } = conversation
  if (await everyoneHasSession(context, conversationId, devices)) return { devices, bundles: new Map() }
  const bundles = await reach(relay.bundles(device.deviceToken, conversationId))
  if (bundles === undefined) return { kind: 'failed', code: 'not_reachable' }
  return bundlesOf(context, bundles, fence)
}

async function bundlesOf(
  context: SealContext,
  { accountId, identityKey, devices }: AccountBundles,
  fence: number,
): Promise<Recipient | SealOutcome> {
  const accepted = (await context.store.get('identities', accountId))?.accepted
  if (accepted === undefined || !sameBytes(accepted, identityKey)) {
    await context.store.transact(
      (transaction) => noteChangedIdentity(transaction, accountId, identityKey, context.nowMs()),
      { fence },
    )
    return { kind: 'held' }
  }
  return {
    devices: devices.map(({ deviceId, registrationId }) => ({ deviceId, registrationId })),
    bundles: new Map(devices.map((bundle) => [bundle.deviceId, { ...bundle, identityKey }])),
  }
}

async function everyoneHasSession(
  context: SealContext,
  accountId: AccountId,
  devices: readonly Addressee[],
): Promise<boolean> {
  for (const device of devices) {
    const key = sessionKey({ serviceId: accountId, deviceId: device.deviceId })
    const session = await unlessDamaged(context.store.get('sessions', key))
    if (!isUsable(context, session?.record, device)) return false
  }
  return true
}

function isUsable(
  { engine, nowMs }: Pick<SealContext, 'engine' | 'nowMs'>,
  record: Uint8Array | undefined,
  device: Addressee,
): boolean {
  if (record === undefined || !engine.hasUsableSession(record, nowMs())) return false
  return engine.remoteRegistrationId(record) === device.registrationId
}

async function sealInside(
  context: SealContext,
  transaction: Transaction,
  entry: OutboxRecord,
  recipient: Recipient,
  senderCertificate: Uint8Array,
): Promise<SealOutcome> {
  const { conversationId } = entry
  const current = await transaction.get('outbox', entry.entryId)
  if (current === undefined || current.failed !== undefined) return { kind: 'gone' }
  if (current.sealed !== undefined) return { kind: 'sealed', sealed: current.sealed }
  const identity = await transaction.get('identities', conversationId)
  const conversation = await transaction.get('conversations', conversationId)
  if (identity === undefined || conversation === undefined) return { kind: 'gone' }
  if (identity.pending !== undefined) return { kind: 'held' }
  if (!mayGoTo(current.item, recipient.devices, identity.accepted)) return { kind: 'failed', code: 'refused' }

  const overlay = createOverlay(transaction)
  const stores = createStagedStores({
    transaction: overlay,
    identity: context.identity,
    nowMs: context.nowMs(),
  })
  const envelopes: SealedSubmission['envelopes'] = []
  for (const device of recipient.devices) {
    const bundle = recipient.bundles.get(device.deviceId)
    const content = await sealFor(
      context,
      stores,
      current,
      device,
      bundle,
      identity.accepted,
      senderCertificate,
    )
    if (!(content instanceof Uint8Array)) return content
    envelopes.push({ ...device, content })
  }
  overlay.flush()
  const sealed: SealedSubmission = {
    idempotencyKey: crypto.getRandomValues(new Uint8Array(16)),
    envelopes,
    sealedAtMs: context.nowMs(),
    identityKey: identity.accepted,
  }
  const place = { group: conversationId, order: current.turn }
  transaction.put('outbox', current.entryId, { ...current, sealed }, place)
  if (!sameDevices(conversation.devices, recipient.devices)) {
    saveConversation(transaction, { ...conversation, devices: recipient.devices })
  }
  return { kind: 'sealed', sealed }
}

async function sealFor(
  context: SealContext,
  stores: ProtocolStores,
  entry: OutboxRecord,
  device: Addressee,
  bundle: RemoteBundle | undefined,
  identityKey: Uint8Array,
  senderCertificate: Uint8Array,
): Promise<Uint8Array | SealOutcome> {
  const { engine, identity, nowMs } = context
  const { item } = entry
  if (item.kind === 'retry_request') {
    const { request } = item
    return engine.sealRetryRequest({
      request,
      recipientIdentityKey: identityKey,
      identity,
      senderCertificate,
    })
  }
  const remote = { serviceId: entry.conversationId, deviceId: device.deviceId }
  const local = { serviceId: context.device.accountId, deviceId: context.device.deviceId }
  const ends = { remote, local, stores }
  if (!isUsable(context, await stores.loadSession(remote), device)) {
    if (bundle === undefined) return { kind: 'again' }
    const begun = await engine.processBundle(bundle, ends, nowMs())
    // A bundle that does not verify is the relay's or the peer's doing: nothing is sent to it.
    if (!begun.ok) return { kind: 'failed', code: 'refused' }
  }
  const content = contentOf(item)
  const plaintext = encodeContent(content)
  const contentHint = content.kind === 'receipt' ? 'implicit' : 'resendable'
  const sealed = await engine.seal({ ...ends, plaintext, senderCertificate, contentHint, nowMs: nowMs() })
  if (sealed.ok) return sealed.value
  return sealed.reason === 'no_session' ? { kind: 'again' } : { kind: 'failed', code: 'refused' }
}

/** What is sent again on request goes only to who it was first sent to. */
function mayGoTo(item: OutboxItem, devices: readonly Addressee[], identityKey: Uint8Array): boolean {
  if (item.kind !== 'resend') return true
  if (!sameBytes(item.identityKey, identityKey)) return false
  return devices.every(({ deviceId, registrationId }) =>
    item.devices.some((one) => one.deviceId === deviceId && one.registrationId === registrationId),
  )
}

function contentOf(item: Exclude<OutboxItem, { kind: 'retry_request' }>): Content {
  const { content } = item
  // A photo is sealed only after its upload: the lane waits for that.
  if (content.kind === 'photo' && !('attachment' in content)) throw new ClientError('internal')
  return content
}

function sameDevices(a: readonly Addressee[], b: readonly Addressee[]): boolean {
  return (
    a.length === b.length &&
    a.every((one, at) => one.deviceId === b[at]?.deviceId && one.registrationId === b[at]?.registrationId)
  )
}

/** Undefined when the account is gone or has no device. */
async function reach<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if (error instanceof ClientError && (error.code === 'not_reachable' || error.code === 'not_found')) {
      return undefined
    }
    throw error
  }
}
