/** A device as the relay sees one: the real socket.io client, envelopes of random bytes. */
import { randomBytes } from 'node:crypto'
import {
  type Answer,
  type DeviceId,
  type OutcomeState,
  type OutcomesAnswer,
  type RegisteredDevice,
  routes,
  type SubmitReceipt,
  toBase64Url,
} from '@pli/protocol/wire'
import { io, type Socket } from 'socket.io-client'

export interface ReceivedEnvelope {
  sequence: number
  receivedAtMs: number
  content: Uint8Array
}

export interface SampleSubmission {
  idempotencyKey: string
  accountId: string
  urgent: boolean
  envelopes: { deviceId: number; registrationId: number; content: Uint8Array }[]
}

const PATIENCE_MS = 10_000

export class TestDevice {
  readonly registered: RegisteredDevice
  readonly registrationId: number
  readonly received: ReceivedEnvelope[] = []
  /** What happened on the connection, in order: `deliver <n>`, `drained`, `guarantees`, `revoked <reason>`, `disconnect`. */
  readonly happened: string[] = []
  /** Acknowledges each delivery as it comes. */
  acknowledges = true
  readonly #url: () => string
  readonly #watchers = new Set<() => void>()
  #socket: Socket | undefined

  constructor(url: () => string, registered: RegisteredDevice, registrationId: number) {
    this.#url = url
    this.registered = registered
    this.registrationId = registrationId
  }

  get address() {
    const { accountId, deviceId } = this.registered
    return { accountId, deviceId }
  }

  get socket(): Socket {
    if (!this.#socket) throw new Error('not connected')
    return this.#socket
  }

  get contents(): string[] {
    return this.received.map((envelope) => Buffer.from(envelope.content).toString())
  }

  /** Rejects with the refusal's code. `token` replaces the device's own. */
  async connect(token: unknown = this.registered.deviceToken): Promise<this> {
    this.#socket?.disconnect()
    const socket = io(this.#url(), {
      path: routes.socketPath,
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      auth: { token },
    })
    this.#socket = socket
    this.#listen(socket)
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('connect_error', reject)
    })
    return this
  }

  disconnect(): void {
    this.#socket?.disconnect()
  }

  /** Emits anything and waits for the answer. */
  async ask<T>(event: string, ...values: unknown[]): Promise<Answer<T>> {
    return this.socket.timeout(PATIENCE_MS).emitWithAck(event, ...values)
  }

  submission(
    to: TestDevice,
    content: Uint8Array | string,
    changes: Partial<SampleSubmission> = {},
  ): SampleSubmission {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content
    return {
      idempotencyKey: toBase64Url(randomBytes(16)),
      accountId: to.registered.accountId,
      urgent: true,
      envelopes: [{ deviceId: to.registered.deviceId, registrationId: to.registrationId, content: bytes }],
      ...changes,
    }
  }

  /** Sends, and throws the code when it is refused. */
  async send(to: TestDevice, content: Uint8Array | string, changes: Partial<SampleSubmission> = {}) {
    const submission = this.submission(to, content, changes)
    const answer = await this.ask<SubmitReceipt>('submit', submission)
    if (!answer.ok) throw new Error(answer.code)
    return { ...answer.value, idempotencyKey: submission.idempotencyKey }
  }

  acknowledge(sequences: number[]): Promise<Answer<Record<string, never>>> {
    return this.ask('acknowledge', { sequences })
  }

  async outcomes(...idempotencyKeys: string[]): Promise<OutcomeState[]> {
    const answer = await this.ask<OutcomesAnswer>('outcomes', { idempotencyKeys })
    if (!answer.ok) throw new Error(answer.code)
    return answer.value.states
  }

  /** Resolves as soon as it holds; fails with what happened instead. */
  async until(holds: () => boolean): Promise<void> {
    if (holds()) return
    await new Promise<void>((resolve, reject) => {
      const done = () => {
        clearTimeout(timer)
        this.#watchers.delete(check)
      }
      const check = () => {
        if (!holds()) return
        done()
        resolve()
      }
      const timer = setTimeout(() => {
        done()
        reject(new Error(`it did not happen; this did: ${this.happened.join(', ')}`))
      }, PATIENCE_MS)
      this.#watchers.add(check)
    })
  }

  #listen(socket: Socket): void {
    socket.on('deliver', ({ envelopes }: { envelopes: ReceivedEnvelope[] }) => {
      this.received.push(...envelopes)
      this.#note(`deliver ${envelopes.length}`)
      if (this.acknowledges) {
        socket.emit('acknowledge', { sequences: envelopes.map((envelope) => envelope.sequence) }, () =>
          this.#note('acknowledged'),
        )
      }
    })
    socket.on('drained', () => this.#note('drained'))
    socket.on('guarantees', () => this.#note('guarantees'))
    socket.on('revoked', ({ reason }: { reason: string }) => this.#note(`revoked ${reason}`))
    socket.on('disconnect', () => this.#note('disconnect'))
  }

  #note(what: string): void {
    this.happened.push(what)
    for (const check of [...this.#watchers]) check()
  }
}

export function deviceId(value: number): DeviceId {
  return value as DeviceId
}
