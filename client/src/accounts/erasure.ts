/**
 * Erasing an account from this device, and finishing what a crash left half done. The vault goes first: from then
 * on nothing opens what is still on disk. Every step may be repeated.
 * Not concerned with telling the relay: without its vault the account's revocation token counts as due
 * (`revocation.ts`).
 */
import { VAULT_PREFIX, type Vault } from '../vault/vault.ts'
import type { DeviceStorage } from './device-storage.ts'
import {
  isForgotten,
  isStaleVerifier,
  PENDING_PREFIX,
  parsePending,
  VERIFIER_PREFIX,
} from './pending-sign-in.ts'
import { ACCOUNT_PREFIX, listReplaced, removeAccount } from './registry.ts'

export async function eraseAccount(storage: DeviceStorage, vault: Vault, localId: string): Promise<void> {
  await vault.destroy(localId)
  await storage.eraseRows(localId)
  await removeAccount(storage.records, localId)
}

/** Copies of an account that was registered anew on this device. To be called when the new one is complete. */
export async function eraseReplaced(storage: DeviceStorage, vault: Vault): Promise<void> {
  for (const localId of await listReplaced(storage.records)) await eraseAccount(storage, vault, localId)
}

/**
 * To be called once at start: expired sign-ins, registrations nobody can resume, erasures and replacements that were
 * cut short.
 */
export async function tidyDevice(storage: DeviceStorage, vault: Vault, nowMs: number): Promise<void> {
  const { records } = storage
  for (const { key, value } of await records.list(VERIFIER_PREFIX)) {
    if (isStaleVerifier(value, nowMs)) await records.update(key, () => undefined)
  }
  await eraseReplaced(storage, vault)
  // In this order: a registration under way names itself in its pending record before its vault is there.
  const vaults = await namesUnder(storage, VAULT_PREFIX)
  const resumable = await dropForgottenPendings(storage, nowMs)
  const accounts = await namesUnder(storage, ACCOUNT_PREFIX)
  const unreachable = vaults.filter((localId) => !accounts.includes(localId) && !resumable.includes(localId))
  const halfErased = accounts.filter((localId) => !vaults.includes(localId))
  for (const localId of unreachable) await eraseAccount(storage, vault, localId)
  for (const localId of halfErased) {
    // Registered by another tab a moment ago, perhaps: only what has no vault now is half erased.
    if ((await records.get(VAULT_PREFIX + localId)) === undefined) await eraseAccount(storage, vault, localId)
  }
}

async function namesUnder(storage: DeviceStorage, prefix: string): Promise<string[]> {
  return (await storage.records.list(prefix)).map(({ key }) => key.slice(prefix.length))
}

/** Returns the local accounts that the remaining ones may still resume. */
async function dropForgottenPendings(storage: DeviceStorage, nowMs: number): Promise<string[]> {
  const resumable: string[] = []
  for (const { key, value } of await storage.records.list(PENDING_PREFIX)) {
    const pending = parsePending(value)
    if (pending === undefined || isForgotten(pending, nowMs))
      await storage.records.update(key, () => undefined)
    else if (pending.attempt !== undefined) resumable.push(pending.attempt.localId)
  }
  return resumable
}
