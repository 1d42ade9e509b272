/**
 * From a proof to a registered device. The keys are durable here before they go out, so that a crash at any point
 * leaves something that can be resumed with the same proof and PIN: the same keys, never two devices.
 * Not concerned with proving who somebody is, nor with opening the account afterwards.
 */
import type { RegisterDeviceRequest, RegisteredDevice } from '@pli/protocol/wire'
import type { Language, LocalAccountId } from '../api.ts'
import type { SessionEngine } from '../engine/session-engine.ts'
import { ClientError } from '../errors.ts'
import type { RelayApi } from '../relay/relay-api.ts'
import { makeFirstPreKeys } from '../sessions/prekeys.ts'
import { defaultSettings } from '../settings/settings.ts'
import { put, type RecordStore, remove } from '../store/record-store.ts'
import { checkNewPin } from '../vault/pin-key.ts'
import type { Vault } from '../vault/vault.ts'
import type { DeviceStorage } from './device-storage.ts'
import { eraseAccount } from './erasure.ts'
import { type OpenStore, openAccountStore } from './open-account.ts'
import { changePending, dropPending, type PendingRecord } from './pending-sign-in.ts'
import { addAccount, labelOf } from './registry.ts'
import { keepRevocation } from './revocation.ts'

export interface RegistrationParts {
  storage: DeviceStorage
  vault: Vault
  relay: RelayApi
  loadEngine(): Promise<SessionEngine>
  nowMs(): number
  tabId: string
}

export interface RegistrationRequest {
  pin: string
  replaceExisting: boolean
  deviceName: string
  language: Language
}

export interface Registered extends OpenStore {
  localId: LocalAccountId
}

/** Throws the relay's refusals (`device_exists`, `unauthenticated`, …), `offline`, `pin_too_short`. */
export async function registerDevice(
  parts: RegistrationParts,
  pending: PendingRecord,
  request: RegistrationRequest,
): Promise<Registered> {
  checkNewPin(request.pin)
  const attempt =
    (await resumeAttempt(parts, pending, request)) ?? (await beginAttempt(parts, pending, request))
  const { localId, store } = attempt
  try {
    const device =
      (await store.get('ownDevice', 'self')) ?? (await askRelay(parts, pending, request, attempt))
    await addAccount(parts.storage.records, {
      version: 1,
      localId,
      accountId: device.accountId,
      ...labelOf(pending.person, request.language),
      addedAtMs: parts.nowMs(),
    })
    await dropPending(parts.storage.records, parts.tabId)
    return attempt
  } catch (error) {
    store.close()
    throw error
  }
}

/** What an earlier attempt with this proof left, when the PIN opens it; otherwise it is thrown away. */
async function resumeAttempt(
  parts: RegistrationParts,
  pending: PendingRecord,
  request: RegistrationRequest,
): Promise<Registered | undefined> {
  if (pending.attempt === undefined) return undefined
  const localId = pending.attempt.localId as LocalAccountId
  try {
    const dataKey = await parts.vault.open(localId, request.pin)
    const opened = await openAccountStore(parts.storage, localId, dataKey)
    if ((await opened.store.get('ownIdentity', 'self')) !== undefined) return { localId, ...opened }
    opened.store.close()
  } catch (error) {
    // Another PIN this time, or a crash before the keys were there. Nobody has anything encrypted to them.
    if (!(error instanceof ClientError)) throw error
  }
  await eraseAccount(parts.storage, parts.vault, localId)
  return undefined
}

async function beginAttempt(
  parts: RegistrationParts,
  pending: PendingRecord,
  request: RegistrationRequest,
): Promise<Registered> {
  const localId = drawLocalId()
  // Named before anything is there, so that what a crash leaves is found again (`tidyDevice`).
  pending.attempt = { ...pending.attempt, localId }
  await changePending(parts.storage.records, parts.tabId, pending)
  const dataKey = await parts.vault.create(localId, request.pin)
  const opened = await openAccountStore(parts.storage, localId, dataKey)
  try {
    await makeKeys(parts, opened.store, request.language)
    return { localId, ...opened }
  } catch (error) {
    opened.store.close()
    throw error
  }
}

/** Everything private that this device will ever have registered, in one commit. */
async function makeKeys(parts: RegistrationParts, store: RecordStore, language: Language): Promise<void> {
  const engine = await parts.loadEngine()
  const identity = await engine.generateIdentityKeyPair()
  const registrationId = await engine.generateRegistrationId()
  const preKeys = await makeFirstPreKeys(engine, identity, parts.nowMs())
  const identityKey = new Uint8Array(identity.publicKey)
  await store.commit([
    ...preKeys.changes,
    put('ownIdentity', 'self', { ...identity, registrationId }),
    put('registration', 'self', { keys: { identityKey, registrationId, ...preKeys.upload } }),
    put('settings', 'settings', defaultSettings(language)),
  ])
}

async function askRelay(
  parts: RegistrationParts,
  pending: PendingRecord,
  request: RegistrationRequest,
  { localId, store }: Registered,
): Promise<RegisteredDevice> {
  const registration = await store.get('registration', 'self')
  if (registration === undefined) throw new ClientError('storage_damaged')
  const { trustRoots } = await parts.relay.config()
  const { replaceExisting, deviceName: name } = request
  const device = await post(parts, pending, { ...registration.keys, replaceExisting, name })
  const { accountId, deviceId, deviceToken, revocationToken } = device
  // First: a device that the relay has and that is never finished here can then be taken back.
  await keepRevocation(parts.storage.records, localId, revocationToken)
  const { person } = pending
  const registeredAtMs = parts.nowMs()
  await store.commit([
    put('ownDevice', 'self', { accountId, deviceId, deviceToken, person, trustRoots, registeredAtMs }),
    remove('registration', 'self'),
  ])
  return device
}

async function post(
  parts: RegistrationParts,
  pending: PendingRecord,
  request: RegisterDeviceRequest,
): Promise<RegisteredDevice> {
  const sentBefore = pending.attempt?.sentName
  if (pending.attempt !== undefined) pending.attempt.sentName = request.name
  await changePending(parts.storage.records, parts.tabId, pending)
  try {
    return await parts.relay.registerDevice(pending.sessionToken, request)
  } catch (error) {
    const inTheWay = error instanceof ClientError && error.code === 'device_exists'
    if (!inTheWay || !(await isOurLostOne(parts, pending, sentBefore))) throw error
    return parts.relay.registerDevice(pending.sessionToken, { ...request, replaceExisting: true })
  }
}

/**
 * Whether the device that stands in the way is the one that this very proof registered before its answer was lost:
 * there was none when the proof was given, and now there is one under the name that was sent.
 */
async function isOurLostOne(
  parts: RegistrationParts,
  pending: PendingRecord,
  sentName: string | undefined,
): Promise<boolean> {
  if (sentName === undefined || pending.existingDevices.length > 0) return false
  const { devices } = await parts.relay.account(pending.sessionToken)
  return devices.length === 1 && devices[0]?.name === sentName
}

/** 16 hexadecimal digits: says nothing about whose account it is. */
function drawLocalId(): LocalAccountId {
  const bytes = crypto.getRandomValues(new Uint8Array(8))
  const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return digits as LocalAccountId
}
