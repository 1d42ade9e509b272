/**
 * The accounts of this device as they are now: which are unlocked in this tab, how many PINs are left, and the way
 * from locked to open and back. Not concerned with how an account came to be here (`sign-in.ts`, `register.ts`).
 */
import type { Live, LocalAccount, LocalAccountId } from '../api.ts'
import { ClientError } from '../errors.ts'
import { createLive } from '../live/live-value.ts'
import type { Vault } from '../vault/vault.ts'
import { eraseAccount, eraseReplaced } from './erasure.ts'
import {
  type AccountParts,
  type OpenAccount,
  type OpenStore,
  openAccount,
  openAccountStore,
} from './open-account.ts'
import { listAccounts } from './registry.ts'
import { forgetRevocation, type Revocations } from './revocation.ts'

export interface LocalAccounts {
  live: Live<LocalAccount[]>
  /** The open ones of this tab. */
  open: ReadonlyMap<LocalAccountId, OpenAccount>
  unlock(localId: LocalAccountId, pin: string): Promise<void>
  /**
   * For an account whose store is open already: it has just been registered. An earlier copy of it on this device,
   * such as one whose PIN nobody remembers, goes now.
   */
  openRegistered(localId: LocalAccountId, opened: OpenStore): Promise<void>
  lock(localId: LocalAccountId): Promise<void>
  /** Locks all and hears no more of other tabs. */
  close(): Promise<void>
}

type LocalAccountsParts = AccountParts & { vault: Vault; revocations: Revocations }

export async function openLocalAccounts(parts: LocalAccountsParts): Promise<LocalAccounts> {
  const { storage, vault, revocations } = parts
  const live = createLive<LocalAccount[]>()
  const open = new Map<LocalAccountId, OpenAccount>()
  const opening = new Map<LocalAccountId, Promise<void>>()
  const news = storage.openChannel('device')
  let refreshing = Promise.resolve()

  const lock = async (localId: LocalAccountId) => {
    const account = open.get(localId)
    open.delete(localId)
    await account?.close()
  }
  const readAll = async () => {
    const shown = await readAccounts(parts, open)
    for (const localId of open.keys()) {
      // Erased by another tab.
      if (!shown.some((account) => account.localId === localId)) await lock(localId)
    }
    live.set(shown)
  }
  /** One after the other: an older reading never replaces a younger one. */
  const refresh = () => {
    refreshing = refreshing.catch(() => {}).then(readAll)
    return refreshing
  }
  const changed = async () => {
    await refresh()
    news?.postMessage('accounts')
  }
  const erase = async (localId: LocalAccountId, { relayKnows = false } = {}) => {
    await lock(localId)
    try {
      await eraseAccount(storage, vault, localId)
      if (relayKnows) await forgetRevocation(storage.records, localId)
    } finally {
      void revocations.tell()
    }
    await changed()
  }
  /** A try changes how many are left, and the last wrong one takes everything with it. */
  const tryPin = async <T>(localId: LocalAccountId, attempt: () => Promise<T>): Promise<T> => {
    try {
      return await attempt()
    } catch (error) {
      if (error instanceof ClientError && error.code === 'erased') await erase(localId)
      else await changed()
      throw error
    }
  }
  const openWith = async (localId: LocalAccountId, opened: OpenStore) => {
    const changePin = (current: string, next: string) =>
      tryPin(localId, () => vault.changePin(localId, current, next))
    const account = await openAccount(parts, opened, {
      localId,
      changePin,
      erase: (options) => erase(localId, options),
    })
    open.set(localId, account)
    await changed()
  }
  const unlock = async (localId: LocalAccountId, pin: string) => {
    const dataKey = await tryPin(localId, () => vault.open(localId, pin))
    await openWith(localId, await openAccountStore(storage, localId, dataKey))
  }

  await refresh()
  // Fails only when the device was closed meanwhile: nobody is left to be told.
  if (news !== undefined) news.onmessage = () => void refresh().catch(() => {})
  return {
    live,
    open,
    openRegistered: async (localId, opened) => {
      await openWith(localId, opened)
      // The new one is complete. What fails here is done at the next start (`tidyDevice`).
      await eraseReplaced(storage, vault).catch(() => {})
      void revocations.tell()
    },
    unlock: async (localId, pin) => {
      if (open.has(localId)) return
      // Twice at once (a double tap) is one try.
      const underWay = opening.get(localId) ?? unlock(localId, pin).finally(() => opening.delete(localId))
      opening.set(localId, underWay)
      await underWay
    },
    lock: async (localId) => {
      await lock(localId)
      await refresh()
    },
    close: async () => {
      news?.close()
      for (const localId of [...open.keys()]) await lock(localId)
      await refreshing.catch(() => {})
    },
  }
}

async function readAccounts(
  parts: LocalAccountsParts,
  open: ReadonlyMap<LocalAccountId, OpenAccount>,
): Promise<LocalAccount[]> {
  const registered = await listAccounts(parts.storage.records)
  return Promise.all(
    registered.map(async ({ localId, displayName, profession, placeName }) => {
      const state = (await parts.vault.state(localId)) ?? { triesLeft: 0 }
      return { localId, displayName, profession, placeName, unlocked: open.has(localId), ...state }
    }),
  )
}
