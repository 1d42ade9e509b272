/**
 * A registered device on a store in memory that outlives its process: it can be opened, crashed at a chosen commit,
 * and opened again. Everything else is real: the engine, the relay, the sockets. For tests of other packages too.
 */
import type { WrittenContent } from '@pli/protocol/content'
import type { AccountId, PersonId } from '@pli/protocol/wire'
import type { OpenMessenger } from '../accounts/messenger-context.ts'
import type { LocalAccountId } from '../api.ts'
import { createCryptoEngine } from '../engine/crypto-engine.ts'
import { owned } from '../engine/owned.ts'
import type { KeyPair, SessionEngine } from '../engine/session-engine.ts'
import { createMessenger } from '../messenger/create-messenger.ts'
import { createInProcessLocks } from '../owner/in-process-locks.ts'
import { createOwner } from '../owner/owner.ts'
import { preparePhoto } from '../photo/node.ts'
import { createRelayApi } from '../relay/fetch-relay.ts'
import type { RelayApi } from '../relay/relay-api.ts'
import { makeFirstPreKeys } from '../sessions/prekeys.ts'
import type { NewsChannel } from '../store/change-feed.ts'
import { openRecordStore } from '../store/open-store.ts'
import { put, type RecordStore, remove } from '../store/record-store.ts'
import { createMemoryDisk, openMemoryRows } from '../store/rows-memory.ts'
import { type CrashingRows, type CrashPoint, createCrashingRows } from './crashing-rows.ts'

export interface RegisterTestDevice {
  relayUrl: string
  personId: PersonId
  code: string
  engine?: SessionEngine
  replaceExisting?: boolean
  /** Fewer one-time prekeys than a device has take less time to make; from 20 on it does not make more at once. */
  oneTimePreKeys?: number
  /** Another device's identity keys, as when an account gets a new device without a new identity. */
  keys?: KeyPair
}

export interface Running {
  messenger: OpenMessenger
  store: RecordStore
  rows: CrashingRows
  close(): Promise<void>
}

export class TestDevice {
  readonly accountId: AccountId
  readonly personId: PersonId
  readonly keys: KeyPair
  /** Added to this device's clock. */
  aheadMs = 0
  readonly relay: RelayApi
  readonly engine: SessionEngine
  readonly #disk = createMemoryDisk()
  readonly #locks = createInProcessLocks()
  readonly #channelName = crypto.randomUUID()
  readonly #dataKey = crypto.getRandomValues(new Uint8Array(32))
  #running: Running | undefined

  static async register(options: RegisterTestDevice): Promise<TestDevice> {
    const { relayUrl, personId, code, engine = createCryptoEngine(), replaceExisting = false } = options
    const relay = createRelayApi(relayUrl)
    const { sessionToken, person } = await relay.redeemCode(personId, code)
    const keys = options.keys ?? (await engine.generateIdentityKeyPair())
    const registrationId = await engine.generateRegistrationId()
    const preKeys = await makeFirstPreKeys(engine, keys, Date.now(), options.oneTimePreKeys)
    const registered = await relay.registerDevice(sessionToken, {
      ...preKeys.upload,
      identityKey: owned(keys.publicKey),
      registrationId,
      name: 'Test',
      replaceExisting,
    })
    const device = new TestDevice({ relay, engine, personId, accountId: registered.accountId, keys })
    const { store } = await device.#openStore()
    const { trustRoots } = await relay.config()
    await store.commit([
      ...preKeys.changes,
      put('ownIdentity', 'self', { ...keys, registrationId }),
      put('ownDevice', 'self', { ...registered, person, trustRoots, registeredAtMs: Date.now() }),
    ])
    store.close()
    return device
  }

  private constructor(parts: Pick<TestDevice, 'relay' | 'engine' | 'personId' | 'accountId' | 'keys'>) {
    this.relay = parts.relay
    this.engine = parts.engine
    this.personId = parts.personId
    this.accountId = parts.accountId
    this.keys = parts.keys
  }

  get running(): Running {
    if (this.#running === undefined) throw new Error('the device is not open')
    return this.#running
  }

  get messenger(): OpenMessenger {
    return this.running.messenger
  }

  /** `crashAt`: where this run of the process ends. */
  async open(crashAt?: CrashPoint): Promise<OpenMessenger> {
    if (this.#running !== undefined) throw new Error('the device is open')
    this.#running = await this.openTab(crashAt)
    return this.#running.messenger
  }

  /** One more tab over the same store; whoever was first owns the ratchets. To be closed by the caller. */
  async openTab(crashAt?: CrashPoint): Promise<Running> {
    const { store, rows } = await this.#openStore()
    const [device, identity] = [await store.get('ownDevice', 'self'), await store.get('ownIdentity', 'self')]
    if (device === undefined || identity === undefined) throw new Error('not registered')
    const lockName = this.accountId
    const owner = createOwner({
      locks: this.#locks,
      lockName,
      raiseFence: () => rows.raiseFence(),
      retryMs: 50,
    })
    if (crashAt !== undefined) rows.crashAt(crashAt)
    const messenger = await createMessenger({
      localId: this.accountId as string as LocalAccountId,
      device,
      identity,
      store,
      engine: this.engine,
      relay: this.relay,
      owner,
      nowMs: () => Date.now() + this.aheadMs,
      onWake: () => () => {},
      preparePhoto,
      changePin: () => Promise.resolve(),
      erase: () => Promise.resolve(),
    })
    const close = async () => {
      await messenger.close()
      owner.stop()
      store.close()
    }
    return { messenger, store, rows, close }
  }

  /** Sends a content as it is, as a client might that has forgotten, or never cared, what it sent before. */
  async sendContent(to: AccountId, content: WrittenContent): Promise<void> {
    const entryId = crypto.randomUUID()
    const turn = Date.now() * 1000
    const entry = { entryId, conversationId: to, item: { kind: 'message' as const, content }, turn }
    await this.running.store.commit([put('outbox', entryId, entry, { group: to, order: turn })])
  }

  /** As after a disk that came back without them. */
  async forgetSessions(): Promise<void> {
    const { store } = this.running
    const rows = await store.list('sessions')
    await store.commit(rows.map((row) => remove('sessions', row.key, row.group)))
  }

  /** Other trust roots than at registration: as if the relay had been set up anew under the same name. */
  async pinTrustRoots(trustRoots: Uint8Array[]): Promise<void> {
    await this.peek(async (store) => {
      const device = await store.get('ownDevice', 'self')
      if (device === undefined) return
      await store.commit([put('ownDevice', 'self', { ...device, trustRoots })])
    })
  }

  /** As after a disk that gives back other bytes than were written. */
  damageSessions(): void {
    for (const row of this.#disk.tables.get('sessions')?.values() ?? []) row.sealed[20]! ^= 1
  }

  /** Looks at the store of a device that is not open. */
  async peek<T>(look: (store: RecordStore) => Promise<T>): Promise<T> {
    const { store } = await this.#openStore()
    try {
      return await look(store)
    } finally {
      store.close()
    }
  }

  async close(): Promise<void> {
    const running = this.#running
    this.#running = undefined
    await running?.close()
  }

  /** Waits for the crash point, then does what is left of a process that has ended: its connection goes. */
  async crashed(): Promise<void> {
    await this.running.rows.crashed
    await this.close().catch(() => {})
  }

  async #openStore(): Promise<{ store: RecordStore; rows: CrashingRows }> {
    const rows = createCrashingRows(openMemoryRows(this.#disk))
    const channel = new BroadcastChannel(`pli test ${this.#channelName}`) as NewsChannel
    const dataKey = Uint8Array.from(this.#dataKey)
    return { rows, store: await openRecordStore({ rows, dataKey, channel }) }
  }
}
