/** Devices in MongoDB: entries of their account's document, found by credentials. */
import type { AccountId } from '@pli/protocol/wire'
import type { DeviceAddress, DeviceStore, StoredDevice } from '../interfaces.ts'
import type { AccountDocument, DeviceEntry } from './documents.ts'
import type { Models } from './models.ts'
import { createRegister, credentialId } from './register.ts'
import type { Transitions } from './transitions.ts'

export function mongoDevices(models: Models, transitions: Transitions): DeviceStore {
  const { accounts, credentials } = models
  const account = (accountId: AccountId) =>
    accounts.findOne({ _id: accountId }).lean<AccountDocument | null>().exec()

  async function byCredential(kind: 'token' | 'revocation', hash: Uint8Array) {
    const credential = await credentials.findOne({ _id: credentialId(kind, hash) }).lean()
    const found = credential && (await account(credential.accountId))
    // The account decides: a credential that a crash left behind opens nothing.
    const device = found?.devices.find(({ deviceKey }) => deviceKey === credential?.device)
    return found && device ? toDevice(found._id, device) : undefined
  }

  /** Changes the devices of an account in one step, again if another change came first. */
  async function change<T>(
    accountId: AccountId,
    decide: (devices: DeviceEntry[]) => Promise<{ devices: DeviceEntry[]; result: T } | undefined>,
  ): Promise<T | undefined> {
    for (;;) {
      const found = await account(accountId)
      const decided = found && (await decide(found.devices))
      if (!decided) return undefined
      const { matchedCount } = await accounts.updateOne(
        { _id: accountId, revision: found.revision },
        { $set: { devices: decided.devices, revision: found.revision + 1 } },
      )
      if (matchedCount > 0) return decided.result
    }
  }

  async function remove({ accountId, deviceId }: DeviceAddress): Promise<boolean> {
    const removed = await change(accountId, async (devices) => {
      const gone = devices.find((device) => device.deviceId === deviceId)
      if (!gone) return undefined
      await transitions.begin(accountId, [gone.deviceKey])
      return { devices: devices.filter((device) => device !== gone), result: gone.deviceKey }
    })
    if (removed !== undefined) await transitions.erase([removed])
    return removed !== undefined
  }

  return {
    register: createRegister(models, transitions),
    byTokenHash: (tokenHash) => byCredential('token', tokenHash),
    async byAddress({ accountId, deviceId }) {
      const device = (await account(accountId))?.devices.find((entry) => entry.deviceId === deviceId)
      return device && toDevice(accountId, device)
    },
    async listByAccount(accountId) {
      const devices = (await account(accountId))?.devices ?? []
      return [...devices].sort(byDeviceId).map((device) => toDevice(accountId, device))
    },
    remove,
    async removeByRevocationHash(revocationHash) {
      const found = await byCredential('revocation', revocationHash)
      return found && (await remove(found)) ? found : undefined
    },
    async touch({ accountId, deviceId }, lastSeenDay) {
      await change(accountId, async (devices) => {
        const isNew = devices.some(
          (device) => device.deviceId === deviceId && device.lastSeenDay !== lastSeenDay,
        )
        if (!isNew) return undefined
        const touched = devices.map((device) =>
          device.deviceId === deviceId ? { ...device, lastSeenDay } : device,
        )
        return { devices: touched, result: true }
      })
    },
  }
}

function byDeviceId(one: DeviceEntry, other: DeviceEntry): number {
  return one.deviceId - other.deviceId
}

function toDevice(accountId: AccountId, entry: DeviceEntry): StoredDevice {
  const { deviceId, registrationId, name, createdAtMs, lastSeenDay } = entry
  return { accountId, deviceId, registrationId, name, createdAtMs, lastSeenDay }
}
