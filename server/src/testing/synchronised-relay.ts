/**
 * A register that can be told what happens in it, the directory that is synchronised from it, and the whole relay on that
 * directory: all real, in this process, but for the search process, which is one of its own.
 */
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCobrhaSource } from '@pli/directory/cobrha'
import { type SandboxServer, startSandboxServer } from '@pli/directory/sandbox-server'
import { type SyncReport, synchronise } from '@pli/directory/sync'
import { openSsinKey } from '../directory-sync/ssin-key.ts'
import { openEmbeddedDirectory } from '../storage/embedded-directory/open.ts'
import { HttpRelay } from './http-relay.ts'
import { TestDevice } from './test-device.ts'

const PEOPLE = 300
const REGISTRATION_ID = 4242

export class SynchronisedRelay {
  readonly relay: HttpRelay
  readonly #register: SandboxServer
  readonly #folder: string
  readonly #devices: TestDevice[] = []

  private constructor(relay: HttpRelay, register: SandboxServer, folder: string) {
    this.relay = relay
    this.#register = register
    this.#folder = folder
  }

  static async start(): Promise<SynchronisedRelay> {
    const folder = await mkdtemp(join(tmpdir(), 'pli-synchronised-'))
    const dataDir = join(folder, 'data')
    await mkdir(dataDir)
    const register = await startSandboxServer({ people: PEOPLE, seed: 1 })
    await synchroniseFrom(register, dataDir)
    const directory = { kind: 'synchronised', ssinKeyFile: undefined } as const
    return new SynchronisedRelay(await HttpRelay.start({ dataDir, directory }), register, folder)
  }

  /** Orders as the sandbox's `/sandbox/changes` takes them. */
  async order(changes: Record<string, unknown>): Promise<void> {
    const response = await fetch(`${this.#register.url}/sandbox/changes`, {
      method: 'POST',
      body: JSON.stringify(changes),
    })
    if (!response.ok) throw new Error('the register does not take this order')
  }

  synchronise(options: { force?: boolean; snapshot?: boolean } = {}): Promise<SyncReport> {
    return synchroniseFrom(this.#register, join(this.#folder, 'data'), options)
  }

  /** Orders, and the directory brought up to date. */
  async happens(changes: Record<string, unknown>): Promise<void> {
    await this.order(changes)
    await this.synchronise()
  }

  async connect(person: string): Promise<TestDevice> {
    const registered = await this.relay.device(person, { registrationId: REGISTRATION_ID })
    const device = new TestDevice(() => this.relay.url, registered, REGISTRATION_ID)
    this.#devices.push(device)
    return device.connect()
  }

  async end(): Promise<void> {
    for (const device of this.#devices) device.disconnect()
    await this.relay.end()
    await this.#register.close()
    await rm(this.#folder, { recursive: true, force: true })
  }
}

async function synchroniseFrom(
  register: SandboxServer,
  dataDir: string,
  options: { force?: boolean; snapshot?: boolean } = {},
): Promise<SyncReport> {
  const source = createCobrhaSource({ url: register.url, ssinKey: await openSsinKey({ dataDir }, undefined) })
  const store = await openEmbeddedDirectory(dataDir)
  try {
    return await synchronise({ source, store, ...options })
  } finally {
    source.close()
    await store.close()
  }
}
