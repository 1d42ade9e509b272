/**
 * From a data key to an open account: its store, its place in the queue for the ratchets, its messenger.
 * Not concerned with PINs.
 */
import type { Live, LocalAccountId, Settings } from '../api.ts'
import type { SessionEngine } from '../engine/session-engine.ts'
import { ClientError } from '../errors.ts'
import { createOwner } from '../owner/owner.ts'
import type { RelayApi } from '../relay/relay-api.ts'
import { watchSettings } from '../settings/settings.ts'
import { openRecordStore } from '../store/open-store.ts'
import type { RecordStore } from '../store/record-store.ts'
import type { Rows } from '../store/rows.ts'
import type { DeviceStorage } from './device-storage.ts'
import type { CreateMessenger, MessengerContext, OpenMessenger } from './messenger-context.ts'

export interface OpenAccount {
  localId: LocalAccountId
  messenger: OpenMessenger
  settings: Live<Settings>
  /** Stops the messenger, gives up the ratchets, closes the store, in this order. */
  close(): Promise<void>
}

export interface OpenStore {
  rows: Rows
  store: RecordStore
}

/** `dataKey`: 32 bytes, wiped once the store has its own keys. */
export async function openAccountStore(
  storage: DeviceStorage,
  localId: string,
  dataKey: Uint8Array,
): Promise<OpenStore> {
  try {
    const rows = await storage.openRows(localId)
    const channel = storage.openChannel(`account ${localId}`)
    const store = await openRecordStore({ rows, dataKey, ...(channel === undefined ? {} : { channel }) })
    return { rows, store }
  } finally {
    dataKey.fill(0)
  }
}

export interface AccountParts {
  storage: DeviceStorage
  relay: RelayApi
  loadEngine(): Promise<SessionEngine>
  createMessenger: CreateMessenger
  nowMs(): number
  onWake: MessengerContext['onWake']
  preparePhoto: MessengerContext['preparePhoto']
}

/** Closes the store again when it cannot be opened. Throws `storage_damaged` when it is not a registered device's. */
export async function openAccount(
  parts: AccountParts,
  opened: OpenStore,
  face: Pick<MessengerContext, 'changePin' | 'erase'> & { localId: LocalAccountId },
): Promise<OpenAccount> {
  const { rows, store } = opened
  const { localId } = face
  try {
    const [device, identity, engine] = await Promise.all([
      store.get('ownDevice', 'self'),
      store.get('ownIdentity', 'self'),
      parts.loadEngine(),
    ])
    if (device === undefined || identity === undefined) throw new ClientError('storage_damaged')
    const settings = await watchSettings(store)
    const owner = createOwner({
      locks: parts.storage.locks,
      lockName: `pli-owner-${localId}`,
      raiseFence: rows.raiseFence,
    })
    const { relay, nowMs, onWake, preparePhoto } = parts
    const context = { ...face, device, identity, store, engine, relay, owner, nowMs, onWake, preparePhoto }
    const end = () => {
      owner.stop()
      store.close()
    }
    const messenger = await createOrEnd(() => parts.createMessenger(context), end)
    const close = async () => {
      try {
        await messenger.close()
      } finally {
        end()
      }
    }
    return { localId, messenger, settings, close }
  } catch (error) {
    store.close()
    throw error
  }
}

/** Ownership must not outlive a messenger that could not be made. */
async function createOrEnd<T>(create: () => T | Promise<T>, end: () => void): Promise<T> {
  try {
    return await create()
  } catch (error) {
    end()
    throw error
  }
}
