/**
 * A relay in this process for tests: the real store in a folder of its own, the real domain, the real socket on a free
 * port. No HTTP routes: devices are registered through the domain. It can be stopped and started on the same folder.
 */
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PersonId, RegisterDeviceRequest } from '@pli/protocol/wire'
import { createDevices, type Devices } from '../domain/devices/devices.ts'
import { createKeys, type Keys } from '../domain/keys/keys.ts'
import { Connections } from '../domain/relay/connections.ts'
import { createRelay, type Relay } from '../domain/relay/relay.ts'
import type { Log } from '../log.ts'
import { openEmbeddedStorage } from '../storage/embedded/open.ts'
import type { DeviceAddress, Storage } from '../storage/interfaces.ts'
import type { SocketRates } from '../transport/socket/rates.ts'
import { type SocketServer, startSocketServer } from '../transport/socket/socket-server.ts'
import { registerRequest } from './key-material.ts'
import { TestDevice } from './test-device.ts'

export interface RunningRelay {
  url: string
  storage: Storage
  connections: Connections
  relay: Relay
  devices: Devices
  keys: Keys
  httpServer: Server
  sockets: SocketServer
}

export interface TestRelayOptions {
  /** A folder that another test relay had; a fresh one otherwise. */
  folder?: string
  rates?: SocketRates
  unknownConnectionsAtMost?: number
  /** Lets a test put something between the domain and the store. */
  wrapStorage?: (storage: Storage) => Storage
  /** Accounts whose person may not practise. */
  isSuspended?: () => boolean
}

export class TestRelay {
  readonly folder: string
  readonly options: TestRelayOptions
  /** Added to the clock: tests of expiry move it. */
  clockAheadMs = 0
  /** Devices that the relay asked to be woken. */
  readonly woken: DeviceAddress[] = []
  /** Everything that was logged, as JSON lines. */
  readonly logged: string[] = []
  readonly #devices: TestDevice[] = []
  #running: RunningRelay | undefined

  private constructor(folder: string, options: TestRelayOptions) {
    this.folder = folder
    this.options = options
  }

  static async start(options: TestRelayOptions = {}): Promise<TestRelay> {
    const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'pli-relay-')))
    const relay = new TestRelay(folder, options)
    await relay.up()
    return relay
  }

  get running(): RunningRelay {
    if (!this.#running) throw new Error('the relay is down')
    return this.#running
  }

  readonly nowMs = (): number => Date.now() + this.clockAheadMs

  /** Starts on the folder, on the given port or a free one. */
  async up(port = 0): Promise<void> {
    const { folder: _folder, wrapStorage = (storage: Storage) => storage, ...others } = this.options
    const { isSuspended = () => false, ...socketOptions } = others
    const { nowMs } = this
    const log = this.#log()
    const storage = wrapStorage(await openEmbeddedStorage(join(this.folder, 'relay.db')))
    const push = { wake: (address: DeviceAddress) => void this.woken.push(address) }
    const connections = new Connections({ storage, push, log, isSuspended })
    const relay = createRelay({ storage, connections, push, nowMs, log })
    const devices = createDevices({ storage, connections, nowMs })
    const keys = createKeys({ storage, nowMs })
    const httpServer = createServer((_request, response) => response.writeHead(404).end())
    const domain = { relay, devices, connections, nowMs, log }
    const sockets = startSocketServer(httpServer, { ...domain, ...socketOptions })
    httpServer.listen(port, '127.0.0.1')
    await once(httpServer, 'listening')
    const url = `http://127.0.0.1:${(httpServer.address() as AddressInfo).port}`
    this.#running = { url, storage, connections, relay, devices, keys, httpServer, sockets }
  }

  /** Stops as the process would on a signal; the folder stays. */
  async down(): Promise<void> {
    const { sockets, httpServer, storage } = this.running
    this.#running = undefined
    await sockets.close()
    const closed = once(httpServer, 'close')
    httpServer.close()
    httpServer.closeAllConnections()
    await closed
    await storage.close()
  }

  /** Ends everything, test devices included, and removes the folder. */
  async destroy(): Promise<void> {
    for (const device of this.#devices) device.disconnect()
    if (this.#running) await this.down()
    await rm(this.folder, { recursive: true, force: true })
  }

  /** A person with one registered device, not yet connected. */
  async register(person: string, changes: Partial<RegisterDeviceRequest> = {}): Promise<TestDevice> {
    const proven = {
      personId: person as PersonId,
      proof: { kind: 'operator_code' as const, atMs: this.nowMs() },
    }
    const request = registerRequest(changes)
    const registered = await this.running.devices.register(proven, request)
    return this.deviceOf(registered, request.registrationId)
  }

  /** Another client with the same token: the same device connected a second time. */
  deviceOf(registered: TestDevice['registered'], registrationId = 4242): TestDevice {
    const device = new TestDevice(() => this.running.url, registered, registrationId)
    this.#devices.push(device)
    return device
  }

  async connect(person: string): Promise<TestDevice> {
    const device = await this.register(person)
    await device.connect()
    return device
  }

  #log(): Log {
    const write = (fields: object, message: string) =>
      void this.logged.push(JSON.stringify({ ...fields, message }))
    return { debug: write, info: write, warn: write, error: write }
  }
}
