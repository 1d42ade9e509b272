/**
 * A vault for programs (gateways, load drivers): the data keys are wrapped by a key that the program was given and
 * keeps itself. Nobody types it, so no tries are counted. Not for people, who have a PIN (`vault.ts`).
 */
import { z } from 'zod'
import type { DeviceStorage } from '../accounts/device-storage.ts'
import { ClientError } from '../errors.ts'
import { MAX_TRIES } from './back-off.ts'
import { importAesKey, open, placeOf, seal } from './sealing.ts'
import { VAULT_PREFIX, type Vault } from './vault.ts'

const KEY_BYTES = 32

const keyVaultRecord = z.object({ version: z.literal(1), sealed: z.instanceof(Uint8Array) })

/** `key`: 32 bytes, copied. Its `open` throws `pin_wrong` when the vault was made with another key. */
export async function createKeyVault(
  storage: Pick<DeviceStorage, 'records'>,
  key: Uint8Array,
): Promise<Vault> {
  if (key.length !== KEY_BYTES) throw new ClientError('bad_request')
  const sealing = await importAesKey(new Uint8Array(key))
  const { records } = storage
  return {
    create: async (localId) => {
      const dataKey = crypto.getRandomValues(new Uint8Array(KEY_BYTES))
      const sealed = await seal(sealing, dataKey, placeOf(localId))
      await records.update(VAULT_PREFIX + localId, () => ({ version: 1, sealed }))
      return dataKey
    },
    open: async (localId) => {
      const kept = await records.get(VAULT_PREFIX + localId)
      if (kept === undefined) throw new ClientError('erased')
      const vault = keyVaultRecord.safeParse(kept).data
      if (vault === undefined) throw new ClientError('storage_damaged')
      const dataKey = await open(sealing, new Uint8Array(vault.sealed), placeOf(localId))
      if (dataKey === undefined) throw new ClientError('pin_wrong')
      return dataKey
    },
    changePin: async () => {
      throw new ClientError('forbidden')
    },
    state: async (localId) =>
      (await records.get(VAULT_PREFIX + localId)) === undefined ? undefined : { triesLeft: MAX_TRIES },
    destroy: async (localId) => {
      await records.update(VAULT_PREFIX + localId, () => undefined)
    },
  }
}
