/**
 * The whole relay in this process, over real HTTP on a free port, with a small sandbox in a folder of its own. It can
 * be stopped and started on the same folder and port.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Answer, registerDeviceRequest, registeredDevice, type SignInSession } from '@pli/protocol/wire'
import { z } from 'zod'
import { type RunningRelay, readConfig, type ServerConfig, startRelay } from '../app.ts'
import { registerRequest } from './key-material.ts'

export interface Called<T> {
  status: number
  headers: Headers
  answer: Answer<T>
}

interface CallOptions {
  token?: string | undefined
  body?: unknown
}

export class HttpRelay {
  readonly dataDir: string
  readonly #changes: Partial<ServerConfig>
  #running: RunningRelay | undefined
  #port = 0

  private constructor(dataDir: string, changes: Partial<ServerConfig>) {
    this.dataDir = dataDir
    this.#changes = changes
  }

  static async start(changes: Partial<ServerConfig> = {}): Promise<HttpRelay> {
    const folder = await mkdtemp(join(tmpdir(), 'pli-http-'))
    const relay = new HttpRelay(join(folder, 'data'), changes)
    await relay.up()
    return relay
  }

  get running(): RunningRelay {
    if (!this.#running) throw new Error('the relay is down')
    return this.#running
  }

  get url(): string {
    return this.running.url
  }

  async up(): Promise<void> {
    const environment = { PLI_MODE: 'sandbox', PORT: String(this.#port), DATA_DIR: this.dataDir }
    const quick = { SANDBOX_PEOPLE: '600', LOG_LEVEL: 'silent', RATE_LIMIT_FACTOR: '1000' }
    const config = { ...readConfig({ ...environment, ...quick }), ...this.#changes }
    this.#running = await startRelay(config)
    this.#port = this.#running.port
  }

  async down(): Promise<void> {
    const running = this.#running
    this.#running = undefined
    await running?.close()
  }

  async end(): Promise<void> {
    await this.down()
    await rm(dirname(this.dataDir), { recursive: true, force: true })
  }

  async call<T = Record<string, unknown>>(
    method: string,
    path: string,
    { token, body }: CallOptions = {},
  ): Promise<Called<T>> {
    const response = await fetch(this.url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    const answer = (text === '' ? { ok: false, code: 'internal' } : JSON.parse(text)) as Answer<T>
    return { status: response.status, headers: response.headers, answer }
  }

  /** The value of an answer that must be one. */
  async ask<T = Record<string, unknown>>(method: string, path: string, options?: CallOptions): Promise<T> {
    const { answer } = await this.call<T>(method, path, options)
    if (!answer.ok) throw new Error(`${method} ${path} was refused: ${answer.code}`)
    return answer.value
  }

  /** `ok`, or the code of the refusal. */
  async codeOf(method: string, path: string, options?: CallOptions): Promise<string> {
    const { answer } = await this.call(method, path, options)
    return answer.ok ? 'ok' : answer.code
  }

  /** A session after an operator's code: the shortest proof. */
  async prove(person: string): Promise<SignInSession> {
    const { code } = await this.running.issueOperatorCode(person)
    const personId = this.personIdOf(person)
    return this.ask('POST', '/v1/sign-in/code', { body: { personId, code } })
  }

  personIdOf(person: string): string {
    return this.running.demoPeople.find(({ slug }) => slug === person)?.personId ?? person
  }

  /** A device of this person, proven by an operator's code. */
  async device(person: string, changes: Parameters<typeof registerRequest>[0] = {}) {
    const { sessionToken } = await this.prove(person)
    const body = z.encode(registerDeviceRequest, registerRequest(changes))
    const registered = await this.ask('POST', '/v1/devices', { token: sessionToken, body })
    return registeredDevice.parse(registered)
  }
}
