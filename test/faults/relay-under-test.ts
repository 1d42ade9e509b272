/** The relay as a process on a folder and a port of its own, which is killed and started again on the same. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Child, startChild } from '../../server/bench/children.ts'
import { freePort } from '../relay-process.ts'

export class RelayUnderTest {
  readonly port: number
  readonly #folder: string
  readonly #environment: Record<string, string>
  #child: Child | undefined

  private constructor(port: number, folder: string, environment: Record<string, string>) {
    this.port = port
    this.#folder = folder
    this.#environment = environment
  }

  static async start(environment: Record<string, string> = {}): Promise<RelayUnderTest> {
    const folder = await mkdtemp(join(tmpdir(), 'pli-faults-'))
    const relay = new RelayUnderTest(await freePort(), folder, environment)
    await relay.up()
    return relay
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** Resolves when it answers. */
  async up(): Promise<void> {
    this.#child = startChild('./serve/relay.ts', {
      BENCH_PORT: String(this.port),
      BENCH_PEOPLE: '600',
      DATA_DIR: join(this.#folder, 'data'),
      ...this.#environment,
    })
    await this.#child.ask('url')
  }

  /** As a power cut would, but for what the system has not written yet. */
  async kill(): Promise<void> {
    await this.#child?.stop()
  }

  ask<T>(command: string, request?: unknown): Promise<T> {
    if (!this.#child) throw new Error('the relay is down')
    return this.#child.ask(command, request)
  }

  async end(): Promise<void> {
    await this.kill()
    await rm(this.#folder, { recursive: true, force: true })
  }
}
