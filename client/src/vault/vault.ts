/**
 * Holds the data key of each account on this device, wrapped, and counts wrong PINs. A try is counted, durably,
 * before it is evaluated: ending the process in between buys nothing. The tenth is the last; erasing is the
 * caller's (`accounts/`), told by `erased`.
 * Source: design/security.md, "On the device". Not concerned with the records under the data key.
 */
import { z } from 'zod'
import type { DeviceStorage } from '../accounts/device-storage.ts'
import { ClientError } from '../errors.ts'
import { MAX_TRIES, nextTryAtMs, type Tries, triesLeft } from './back-off.ts'
import { type Argon2Cost, argon2Cost, checkNewPin } from './pin-key.ts'
import { unwrapByPin, wrap, wrapByPin } from './wraps.ts'

export const VAULT_PREFIX = 'vault:'

const vaultRecord = z.object({
  version: z.literal(1),
  wraps: z.array(wrap).min(1),
  deviceKey: z.custom<CryptoKey>((value) => value instanceof CryptoKey).optional(),
  tries: z.object({ count: z.number().int().nonnegative(), lastAtMs: z.number() }),
})
type VaultRecord = z.infer<typeof vaultRecord>

export interface VaultState {
  triesLeft: number
  nextTryAtMs?: number
}

export interface Vault {
  /** Draws a data key and keeps it wrapped. Returns the 32 bytes; whoever takes them wipes them. */
  create(localId: string, pin: string): Promise<Uint8Array<ArrayBuffer>>
  /** Throws `pin_wrong` (with `triesLeft`, `retryAtMs`), `pin_wait` (with both), `erased` once none are left. */
  open(localId: string, pin: string): Promise<Uint8Array<ArrayBuffer>>
  /** Throws as `open` does, and `pin_too_short`. */
  changePin(localId: string, current: string, next: string): Promise<void>
  /** Undefined when there is no such vault. */
  state(localId: string): Promise<VaultState | undefined>
  /** After this nothing opens the account's records any more. */
  destroy(localId: string): Promise<void>
}

export type VaultStorage = Pick<DeviceStorage, 'records' | 'createDeviceKey'>

/** `cost`: of new wraps; the product's own unless a test says otherwise. */
export function createVault(
  storage: VaultStorage,
  nowMs: () => number,
  cost: Argon2Cost = argon2Cost,
): Vault {
  const { records } = storage
  const recordKey = (localId: string) => VAULT_PREFIX + localId
  const change = async (localId: string, next: (vault: VaultRecord) => VaultRecord): Promise<void> => {
    await records.update(recordKey(localId), (current) => next(parseVault(current)))
  }
  const open = async (localId: string, pin: string): Promise<Uint8Array<ArrayBuffer>> => {
    const vault = await countTry(storage, recordKey(localId), nowMs())
    const context = { localId, deviceKey: vault.deviceKey }
    for (const wrapped of vault.wraps) {
      const dataKey = await unwrapByPin(wrapped, pin, context)
      if (dataKey === undefined) continue
      await change(localId, (current) => ({ ...current, tries: { count: 0, lastAtMs: 0 } }))
      return dataKey
    }
    throw wrongPin(vault.tries, nowMs())
  }
  return {
    create: async (localId, pin) => {
      checkNewPin(pin)
      const dataKey = crypto.getRandomValues(new Uint8Array(32))
      const deviceKey = await storage.createDeviceKey()
      const wraps = [await wrapByPin(dataKey, pin, { localId, deviceKey }, cost)]
      const made: VaultRecord = {
        version: 1,
        wraps,
        tries: { count: 0, lastAtMs: 0 },
        ...(deviceKey === undefined ? {} : { deviceKey }),
      }
      await records.update(recordKey(localId), () => made)
      return dataKey
    },
    open,
    changePin: async (localId, current, next) => {
      checkNewPin(next)
      const dataKey = await open(localId, current)
      const { deviceKey } = parseVault(await records.get(recordKey(localId)))
      const replacement = await wrapByPin(dataKey, next, { localId, deviceKey }, cost)
      dataKey.fill(0)
      await change(localId, (vault) => ({ ...vault, wraps: [replacement] }))
    },
    state: async (localId) => {
      const found = await records.get(recordKey(localId))
      return found === undefined ? undefined : stateOf(parseVault(found).tries, nowMs())
    },
    destroy: async (localId) => {
      await records.update(recordKey(localId), () => undefined)
    },
  }
}

/** Counts one try, durably, and returns the vault as it is then. */
async function countTry(storage: VaultStorage, key: string, nowMs: number): Promise<VaultRecord> {
  let refusal: ClientError | undefined
  const counted = await storage.records.update(key, (current) => {
    // Nothing there: it was erased, perhaps by another tab.
    if (current === undefined) {
      refusal = new ClientError('erased')
      return undefined
    }
    const vault = parseVault(current)
    const { tries } = vault
    const retryAtMs = nextTryAtMs(tries, nowMs)
    // The tenth was tried and its outcome lost with the process: it counts as wrong.
    if (tries.count >= MAX_TRIES) refusal = new ClientError('erased')
    else if (retryAtMs !== undefined) {
      refusal = new ClientError('pin_wait', { retryAtMs, triesLeft: triesLeft(tries) })
      // A clock set back: the wait begins anew rather than lasting until the old time comes again.
      return { ...vault, tries: { ...tries, lastAtMs: Math.min(tries.lastAtMs, nowMs) } }
    } else return { ...vault, tries: { count: tries.count + 1, lastAtMs: nowMs } }
    return vault
  })
  if (refusal !== undefined) throw refusal
  return parseVault(counted)
}

function wrongPin(tries: Tries, nowMs: number): ClientError {
  const { triesLeft: left, nextTryAtMs: retryAtMs } = stateOf(tries, nowMs)
  if (left === 0) return new ClientError('erased')
  return new ClientError('pin_wrong', { triesLeft: left, ...(retryAtMs === undefined ? {} : { retryAtMs }) })
}

function stateOf(tries: Tries, nowMs: number): VaultState {
  const waitUntilMs = nextTryAtMs(tries, nowMs)
  return {
    triesLeft: triesLeft(tries),
    ...(waitUntilMs === undefined ? {} : { nextTryAtMs: waitUntilMs }),
  }
}

function parseVault(value: unknown): VaultRecord {
  const parsed = vaultRecord.safeParse(value)
  if (!parsed.success) throw new ClientError('storage_damaged')
  return parsed.data
}
