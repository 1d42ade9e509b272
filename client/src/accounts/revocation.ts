/**
 * What a device can still tell the relay when nobody can open it any more: "remove me". Each account's revocation token
 * lies beside the lock screen's registry, readable without a PIN, and outlives the account's copy until the relay has
 * been told: a token without a vault is one that waits to be used.
 * Readable means that whoever copies this browser's profile can cut this one device off, from elsewhere too. That is
 * accepted: it opens nothing, says nothing of whose it is, and takes no more than ten wrong PINs here would take.
 * Not concerned with erasing what is on the device (`erasure.ts`).
 */
import { z } from 'zod'
import { backoffMs } from '../connection/backoff.ts'
import { ClientError } from '../errors.ts'
import type { RelayApi } from '../relay/relay-api.ts'
import { VAULT_PREFIX } from '../vault/vault.ts'
import type { DeviceRecords } from './device-storage.ts'

export const REVOCATION_PREFIX = 'revocation:'

const RETRY = { firstMs: 5_000, mostMs: 600_000 }

const revocationRecord = z.object({ version: z.literal(1), revocationToken: z.string() })

/** To be called while the account's vault is there, or the token counts as due. */
export async function keepRevocation(
  records: DeviceRecords,
  localId: string,
  revocationToken: string,
): Promise<void> {
  await records.update(REVOCATION_PREFIX + localId, () => ({ version: 1, revocationToken }))
}

/** The relay knows already. */
export async function forgetRevocation(records: DeviceRecords, localId: string): Promise<void> {
  await records.update(REVOCATION_PREFIX + localId, () => undefined)
}

export interface Revocations {
  /**
   * Tells the relay of every copy that was erased here. Resolves after one try and never rejects; what could not be
   * told is tried again by itself, when something says that the network is back, and at the next start.
   */
  tell(): Promise<void>
  stop(): void
}

interface RevocationParts {
  storage: { records: DeviceRecords }
  relay: Pick<RelayApi, 'revokeDevice'>
  onWake(listener: () => void): () => void
}

export function createRevocations({ storage, relay, onWake }: RevocationParts): Revocations {
  let stopped = false
  let wanted = false
  let running: Promise<void> | undefined
  let failures = 0
  let retry: ReturnType<typeof setTimeout> | undefined

  const tryOnce = async () => {
    clearTimeout(retry)
    // Also when the records cannot be read now.
    const untold = await tellDue(storage.records, relay).catch(() => 1)
    failures = untold === 0 ? 0 : failures + 1
    if (untold > 0 && !stopped) retry = setTimeout(() => void tell(), backoffMs(failures, RETRY))
  }
  const run = async () => {
    while (wanted && !stopped) {
      wanted = false
      await tryOnce()
    }
    running = undefined
  }
  const tell = () => {
    wanted = true
    running ??= run()
    return running
  }
  const stopWaking = onWake(() => void tell())
  return {
    tell,
    stop: () => {
      stopped = true
      clearTimeout(retry)
      stopWaking()
    },
  }
}

/** Returns how many the relay could not be told of. */
async function tellDue(records: DeviceRecords, relay: RevocationParts['relay']): Promise<number> {
  let untold = 0
  for (const { key, value } of await records.list(REVOCATION_PREFIX)) {
    const localId = key.slice(REVOCATION_PREFIX.length)
    if ((await records.get(VAULT_PREFIX + localId)) !== undefined) continue
    const kept = revocationRecord.safeParse(value).data
    if (kept === undefined || (await isTold(relay, kept.revocationToken)))
      await forgetRevocation(records, localId)
    else untold += 1
  }
  return untold
}

async function isTold(relay: RevocationParts['relay'], revocationToken: string): Promise<boolean> {
  try {
    await relay.revokeDevice(revocationToken)
    return true
  } catch (error) {
    // Not a token at all to this relay: asking again would be answered alike.
    return error instanceof ClientError && error.code === 'bad_request'
  }
}
