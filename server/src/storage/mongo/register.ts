/**
 * Registering a device. All that it needs (credentials, queue, keys) is stored first, under a device key that nobody
 * knows yet; then the account's document changes in one step, and the device exists. Whoever changed the account in
 * between makes this step fail, and it is decided anew.
 */
import type { AccountId, DeviceId } from '@pli/protocol/wire'
import { RelayError } from '../../errors.ts'
import type { DeviceRegistered, DeviceRegistration, OidcSubject } from '../interfaces.ts'
import { newAccount, newDeviceKey } from './accounts.ts'
import type { AccountDocument, DeviceEntry, DeviceKey } from './documents.ts'
import { insertPassingOver, isDuplicate } from './failures.ts'
import { insertKeys } from './keys.ts'
import type { Models } from './models.ts'
import type { Transitions } from './transitions.ts'

const LAST_DEVICE_ID = 127
const TRIES = 20

type Refused = Exclude<DeviceRegistered, { outcome: 'registered' }>

export function credentialId(kind: 'token' | 'revocation', hash: Uint8Array): string {
  return `${kind}:${Buffer.from(hash).toString('hex')}`
}

export function createRegister(models: Models, transitions: Transitions) {
  return async (registration: DeviceRegistration): Promise<DeviceRegistered> => {
    let prepared: { device: DeviceKey; accountId: AccountId } | undefined
    for (let tries = 0; tries < TRIES; tries += 1) {
      const found = await findAccount(models, registration)
      const refused = await refusal(models, registration, found)
      if (refused) {
        if (prepared !== undefined) await transitions.erase([prepared.device])
        return refused
      }
      const accountId = found?._id ?? registration.newAccountId
      // Somebody else made the account meanwhile: what was prepared names the wrong one.
      if (prepared !== undefined && prepared.accountId !== accountId) {
        await transitions.erase([prepared.device])
        prepared = undefined
      }
      prepared ??= { accountId, device: await prepare(models, transitions, accountId, registration) }
      const older = found?.devices ?? []
      if (older.length > 0)
        await transitions.begin(
          accountId,
          older.map(({ deviceKey }) => deviceKey),
        )
      const deviceId = await commit(models, registration, prepared.device, found)
      if (deviceId === undefined) continue
      await transitions.erase(older.map(({ deviceKey }) => deviceKey))
      await transitions.arrived(prepared.device)
      return { outcome: 'registered', accountId, deviceId, replaced: older.map((device) => device.deviceId) }
    }
    throw new RelayError('unavailable', 'storage: the account changed again and again')
  }
}

function findAccount(
  { accounts }: Models,
  { personId }: DeviceRegistration,
): Promise<AccountDocument | null> {
  return accounts.findOne({ personId }).lean<AccountDocument | null>().exec()
}

async function refusal(
  { accounts }: Models,
  { oidc, personId, replaceExisting }: DeviceRegistration,
  found: AccountDocument | null,
): Promise<Refused | undefined> {
  if (oidc) {
    const pinnedElsewhere = found?.oidc !== undefined && !isSame(found.oidc, oidc)
    const filter = { 'oidc.issuer': oidc.issuer, 'oidc.subject': oidc.subject }
    const holder = await accounts.findOne(filter, { personId: 1 }).lean<AccountDocument | null>()
    if (pinnedElsewhere || (holder && holder.personId !== personId)) return { outcome: 'subject_mismatch' }
  }
  return found && found.devices.length > 0 && !replaceExisting ? { outcome: 'device_exists' } : undefined
}

/** Stores what the device needs. Throws RelayError `unavailable` when a credential is in use. */
async function prepare(
  models: Models,
  transitions: Transitions,
  accountId: AccountId,
  { tokenHash, revocationHash, keys }: DeviceRegistration,
): Promise<DeviceKey> {
  const device = newDeviceKey()
  await transitions.begin(accountId, [device])
  const credentials = [
    { _id: credentialId('token', tokenHash), accountId, device },
    { _id: credentialId('revocation', revocationHash), accountId, device },
  ]
  const taken = await insertPassingOver(() =>
    models.credentials.insertMany(credentials, { ordered: false, lean: true }),
  )
  if (taken.length > 0) {
    await transitions.erase([device])
    throw new RelayError('unavailable', 'storage: a credential is in use')
  }
  await models.queues.insertMany([{ _id: device, lastSequence: 0, queued: 0, unwritten: [] }], { lean: true })
  await insertKeys(models, device, keys)
  return device
}

/** The step that counts. Undefined when the account changed since it was read. */
async function commit(
  { accounts }: Models,
  registration: DeviceRegistration,
  deviceKey: DeviceKey,
  found: AccountDocument | null,
): Promise<DeviceId | undefined> {
  const { identityKey, proof, oidc, newAccountId, nowMs } = registration
  const deviceId = (((found?.lastDeviceId ?? 0) % LAST_DEVICE_ID) + 1) as DeviceId
  const devices = [entryOf(registration, deviceKey, deviceId)]
  try {
    if (!found) {
      const fresh = newAccount({ ...registration, accountId: newAccountId, createdAtMs: nowMs })
      await accounts.insertMany([{ ...fresh, devices, lastDeviceId: deviceId }], { lean: true })
      return deviceId
    }
    const pin = oidc && !found.oidc ? { oidc } : {}
    const renewed = { identityKey: Buffer.from(identityKey), proof, ...pin, devices, lastDeviceId: deviceId }
    const { matchedCount } = await accounts.updateOne(
      { _id: found._id, revision: found.revision },
      { $set: { ...renewed, revision: found.revision + 1 } },
    )
    return matchedCount > 0 ? deviceId : undefined
  } catch (error) {
    if (isDuplicate(error)) return undefined
    throw error
  }
}

function entryOf(
  { registrationId, name, nowMs }: DeviceRegistration,
  deviceKey: DeviceKey,
  deviceId: DeviceId,
): DeviceEntry {
  const lastSeenDay = new Date(nowMs).toISOString().slice(0, 10)
  return { deviceKey, deviceId, registrationId, name, createdAtMs: nowMs, lastSeenDay }
}

function isSame(one: OidcSubject, other: OidcSubject): boolean {
  return one.issuer === other.issuer && one.subject === other.subject
}
