/**
 * Devices of a person: registering one after a proof, knowing it by its token, removing it. Who loses a device is cut
 * off at once: the store forgets it in the same commit, and its connection is told and closed.
 * Not concerned with how somebody proved who they are.
 */
import { randomUUID } from 'node:crypto'
import type {
  AccountId,
  OwnDevice,
  PersonId,
  Proof,
  RegisterDeviceRequest,
  RegisteredDevice,
} from '@pli/protocol/wire'
import { RelayError } from '../../errors.ts'
import type { DeviceAddress, OidcSubject, Storage, StoredDevice } from '../../storage/interfaces.ts'
import { verifyKeys } from '../keys/verify-keys.ts'
import type { Connections } from '../relay/connections.ts'
import { drawDeviceToken, hashDeviceToken } from './device-token.ts'

/** Somebody whom a proof (never a password alone) has just shown to be this person. */
export interface ProvenPerson {
  personId: PersonId
  proof: Proof
  oidc?: OidcSubject
}

export interface Devices {
  /**
   * Makes the account if the person has none. `bad_key`, `bad_signature`, `bad_request`; `device_exists` unless
   * `replaceExisting`; `proof_mismatch` when the identity provider's subject is somebody else's.
   */
  register(person: ProvenPerson, request: RegisterDeviceRequest): Promise<RegisteredDevice>
  /** Throws `unauthenticated`. */
  authenticate(token: string): Promise<StoredDevice>
  list(accountId: AccountId): Promise<OwnDevice[]>
  /** Throws `not_found`. */
  remove(address: DeviceAddress): Promise<void>
  /** By the device's own revocation token. Whether there was such a device is not told. */
  revoke(revocationToken: string): Promise<void>
  /** Erases the account and everything of it. */
  deleteAccount(accountId: AccountId): Promise<void>
}

interface Sources {
  storage: Pick<Storage, 'accounts' | 'devices'>
  connections: Pick<Connections, 'cutOff' | 'cutOffAccount'>
  nowMs: () => number
}

const TOKEN_CHARS = 43

export function createDevices({ storage, connections, nowMs }: Sources): Devices {
  return {
    async register(person, request) {
      const { identityKey, registrationId, name, replaceExisting, ...keys } = request
      verifyKeys(identityKey, keys)
      const { token, hash } = drawDeviceToken()
      const revocation = drawDeviceToken()
      const result = await storage.devices.register({
        ...person,
        newAccountId: randomUUID() as AccountId,
        identityKey,
        registrationId,
        name,
        tokenHash: hash,
        revocationHash: revocation.hash,
        keys,
        replaceExisting,
        nowMs: nowMs(),
      })
      if (result.outcome === 'device_exists') throw new RelayError('device_exists')
      if (result.outcome === 'subject_mismatch') throw new RelayError('proof_mismatch')
      const { accountId, deviceId, replaced } = result
      for (const old of replaced) connections.cutOff({ accountId, deviceId: old }, 'replaced')
      return { accountId, deviceId, deviceToken: token, revocationToken: revocation.token }
    },

    async authenticate(token) {
      const known = token.length === TOKEN_CHARS
      const device = known ? await storage.devices.byTokenHash(hashDeviceToken(token)) : undefined
      if (!device) throw new RelayError('unauthenticated')
      const today = new Date(nowMs()).toISOString().slice(0, 10)
      if (device.lastSeenDay !== today) await storage.devices.touch(device, today)
      return device
    },

    async list(accountId) {
      const devices = await storage.devices.listByAccount(accountId)
      return devices.map(({ deviceId, name, createdAtMs, lastSeenDay }) => ({
        deviceId,
        name,
        createdAtMs,
        lastSeenDay,
      }))
    },

    async remove(address) {
      if (!(await storage.devices.remove(address))) throw new RelayError('not_found')
      connections.cutOff(address, 'removed')
    },

    async revoke(revocationToken) {
      const removed = await storage.devices.removeByRevocationHash(hashDeviceToken(revocationToken))
      if (removed) connections.cutOff(removed, 'removed')
    },

    async deleteAccount(accountId) {
      await storage.accounts.delete(accountId)
      connections.cutOffAccount(accountId, 'account_deleted')
    },
  }
}
