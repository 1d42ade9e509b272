/**
 * `Pli`: the accounts on this device, from "find yourself" to an open messenger, and back under lock. The same in a
 * browser worker and in Node; what differs comes in as `PliOptions`.
 * Not concerned with messages (`messenger/`), nor with the page (`worker/`).
 */
import type { DeviceStorage } from './accounts/device-storage.ts'
import { eraseAccount, tidyDevice } from './accounts/erasure.ts'
import { startIdleLock } from './accounts/idle-lock.ts'
import { openLocalAccounts } from './accounts/local-accounts.ts'
import type { CreateMessenger, MessengerContext } from './accounts/messenger-context.ts'
import { dropPending, findPending } from './accounts/pending-sign-in.ts'
import { registerDevice } from './accounts/register.ts'
import { createRevocations } from './accounts/revocation.ts'
import { createSignIn } from './accounts/sign-in.ts'
import type { Pli } from './api.ts'
import type { SessionEngine } from './engine/session-engine.ts'
import { ClientError } from './errors.ts'
import type { RelayApi } from './relay/relay-api.ts'
import { createVault, type Vault } from './vault/vault.ts'

export interface PliOptions {
  relay: RelayApi
  storage: DeviceStorage
  /** Asked for when keys are first needed, so that a bundle may load it late. */
  loadEngine(): Promise<SessionEngine>
  createMessenger: CreateMessenger
  preparePhoto: MessengerContext['preparePhoto']
  /** Guards the data keys; by PIN unless it is said otherwise. */
  vault?: Vault
  /** The same over reloads of one tab, different between tabs. */
  tabId: string
  /** Origin of this app when it is not the relay's. */
  appOrigin?: string
  /** Locks after the minutes that each account's settings say. Off where nobody sits in front (Node). */
  locksWhenIdle: boolean
  nowMs?(): number
}

export interface RunningPli extends Pli {
  /** Somebody touched the app: what counts against locking by itself. */
  noteActivity(): void
  /** The network is back, or the page is looked at again. */
  wake(): void
  /** Locks everything and lets go of the device. */
  close(): Promise<void>
}

export async function createPli(options: PliOptions): Promise<RunningPli> {
  const { relay, storage, tabId, nowMs = Date.now } = options
  const { records } = storage
  const vault = options.vault ?? createVault(storage, nowMs)
  const wakeListeners = new Set<() => void>()
  const onWake = (listener: () => void) => {
    wakeListeners.add(listener)
    return () => wakeListeners.delete(listener)
  }
  const revocations = createRevocations({ storage, relay, onWake })
  const parts = { ...options, nowMs, vault, onWake, revocations }
  await tidyDevice(storage, vault, nowMs())
  const accounts = await openLocalAccounts(parts)
  void revocations.tell()
  const idle = options.locksWhenIdle ? startIdleLock(accounts, nowMs) : undefined
  return {
    ...createSignIn(parts),
    relayConfig: () => relay.config(),
    accounts: accounts.live,
    searchDirectory: (query) => relay.searchPeople(query),
    abandonRegistration: async () => {
      const pending = await findPending(records, tabId, nowMs())
      await dropPending(records, tabId)
      if (pending?.attempt !== undefined) await eraseAccount(storage, vault, pending.attempt.localId)
      void revocations.tell()
    },
    register: async ({ pendingId, ...request }) => {
      const pending = await findPending(records, tabId, nowMs())
      if (pending?.pendingId !== pendingId) throw new ClientError('pending_expired')
      const { localId, ...opened } = await registerDevice(parts, pending, request)
      idle?.noteActivity()
      await accounts.openRegistered(localId, opened)
      return localId
    },
    unlock: async (localId, pin) => {
      idle?.noteActivity()
      await accounts.unlock(localId, pin)
    },
    lock: accounts.lock,
    messenger: (localId) => {
      const account = accounts.open.get(localId)
      if (account === undefined) throw new ClientError('locked')
      return account.messenger
    },
    noteActivity: () => idle?.noteActivity(),
    wake: () => {
      for (const listener of [...wakeListeners]) listener()
    },
    close: async () => {
      idle?.stop()
      revocations.stop()
      await accounts.close()
      storage.close()
    },
  }
}
