/**
 * The messenger in Node, for gateways, pharmacy software, load drivers, demos and tests: the same `Pli` and
 * `Messenger` as in a browser, in this process. The engine is ours, or the native one of `@pli/client/native`.
 * Not concerned with screens, nor with locking by itself.
 */

import type { PersonId } from '@pli/protocol/wire'
import { createMemoryStorage } from '../accounts/memory-storage.ts'
import type { Messenger } from '../api.ts'
import { createCryptoEngine } from '../engine/crypto-engine.ts'
import type { SessionEngine } from '../engine/session-engine.ts'
import { ClientError } from '../errors.ts'
import { createMessenger } from '../messenger/create-messenger.ts'
import { preparePhoto } from '../photo/node.ts'
import { createPli, type RunningPli } from '../pli.ts'
import { createRelayApi } from '../relay/fetch-relay.ts'
import { createKeyVault } from '../vault/key-vault.ts'
import { openFileStorage } from './file-storage.ts'

export * from '../api.ts'
export type { SessionEngine } from '../engine/session-engine.ts'
export * from '../errors.ts'
export { findMetadata } from '../photo/metadata.ts'
export type { RunningPli } from '../pli.ts'

export interface NodeClientOptions {
  /** Origin of the relay, such as `https://relay.example`. */
  relayUrl: string
  /** Ours by default. */
  engine?: SessionEngine
  /** A folder that survives restarts. Without: everything is forgotten with the process. */
  dataDir?: string
  /** For `registerWithCode` and `openKept`: seals what is kept, as a PIN does in a browser; 6 to 64 characters. */
  passphrase?: string
  /** Instead: 32 bytes that the program keeps. No PIN is looked at then, none counted, none stretched. */
  secretKey?: Uint8Array
  /** Tells apart sign-ins of several clients over one folder. */
  name?: string
  nowMs?(): number
}

/** A `Pli`, and two short ways through it for programs. */
export interface NodeClient extends RunningPli {
  /** Proves who this is with an operator's single-use code, registers a device and opens it. */
  registerWithCode(
    personId: PersonId,
    code: string,
    options?: { deviceName?: string; replaceExisting?: boolean },
  ): Promise<Messenger>
  /** Opens the first account that is kept here; undefined when there is none. */
  openKept(): Promise<Messenger | undefined>
}

/** Throws `bad_request` for a key of another length, `storage_damaged` for a folder that cannot be used. */
export async function createNodeClient(options: NodeClientOptions): Promise<NodeClient> {
  const { relayUrl, engine = createCryptoEngine(), dataDir, name = 'node', secretKey, nowMs } = options
  const storage = dataDir === undefined ? createMemoryStorage() : openFileStorage(dataDir)
  const vault = secretKey === undefined ? undefined : await createKeyVault(storage, secretKey)
  const pli = await createPli({
    relay: createRelayApi(relayUrl),
    storage,
    loadEngine: async () => engine,
    createMessenger,
    preparePhoto,
    tabId: name,
    locksWhenIdle: false,
    ...(vault === undefined ? {} : { vault }),
    ...(nowMs === undefined ? {} : { nowMs }),
  })
  const drawn = crypto.randomUUID()
  return {
    ...pli,
    registerWithCode: async (personId, code, { deviceName = 'Node', replaceExisting = false } = {}) => {
      const pin = passphraseOf(options, drawn)
      const { pendingId } = await pli.redeemCode({ personId, code })
      const request = { pendingId, pin, deviceName, replaceExisting, language: 'fr' as const }
      return pli.messenger(await pli.register(request))
    },
    openKept: async () => {
      const [kept] = pli.accounts.get() ?? []
      if (kept === undefined) return undefined
      await pli.unlock(kept.localId, passphraseOf(options, drawn))
      return pli.messenger(kept.localId)
    },
  }
}

/** `drawn` where none is looked at, or where it goes with the process. Throws `bad_request` where it would be kept. */
function passphraseOf({ passphrase, secretKey, dataDir }: NodeClientOptions, drawn: string): string {
  if (passphrase !== undefined) return passphrase
  if (secretKey === undefined && dataDir !== undefined) throw new ClientError('bad_request')
  return drawn
}
