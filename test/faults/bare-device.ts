/** One connection that does as it is told, well or badly. Not concerned with reconnecting. */
import { randomBytes } from 'node:crypto'
import { routes } from '@pli/protocol/wire'
import { io, type Socket } from 'socket.io-client'
import type { BenchDevice } from '../../server/bench/drive/device.ts'

interface Answer {
  ok: boolean
  code?: string
}

const UNDER_WAY = 8
const ANSWER_WITHIN_MS = 30_000

export class BareDevice {
  received = 0
  readonly #socket: Socket
  readonly #waiting: (() => void)[] = []

  private constructor(socket: Socket, acknowledges: boolean) {
    this.#socket = socket
    socket.on('deliver', ({ envelopes }: { envelopes: { sequence: number }[] }) => {
      this.received += envelopes.length
      for (const waiting of this.#waiting.splice(0)) waiting()
      if (acknowledges) socket.emit('acknowledge', { sequences: envelopes.map(({ sequence }) => sequence) })
    })
  }

  static async connect(
    url: string,
    device: BenchDevice,
    { acknowledges }: { acknowledges: boolean },
  ): Promise<BareDevice> {
    const socket = io(url, {
      path: routes.socketPath,
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
      auth: { token: device.token },
    })
    const bare = new BareDevice(socket, acknowledges)
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve)
      socket.once('connect_error', reject)
    })
    return bare
  }

  /** Resolves at the next delivery. */
  next(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** Sends so many, a few at a time; returns how many were accepted. */
  async send(to: BenchDevice, count: number, bytes: number): Promise<number> {
    let [sent, accepted] = [0, 0]
    const work = async () => {
      while (sent < count) {
        sent += 1
        const answer: Answer = await this.#socket
          .timeout(ANSWER_WITHIN_MS)
          .emitWithAck('submit', submission(to, bytes))
        if (answer.ok) accepted += 1
      }
    }
    await Promise.all(Array.from({ length: Math.min(count, UNDER_WAY) }, work))
    return accepted
  }

  /** Sends as fast as it can and waits for nothing, until it is thrown out or everything is sent. */
  async flood(to: BenchDevice, count: number) {
    const result = { accepted: 0, refused: 0, closed: false }
    const closed = new Promise<void>((resolve) => this.#socket.once('disconnect', () => resolve()))
    closed.then(() => {
      result.closed = true
    })
    for (let sent = 0; sent < count && !result.closed; sent += 1) {
      this.#socket.emit('submit', submission(to, 100), (answer: Answer) => {
        if (answer.ok) result.accepted += 1
        else result.refused += 1
      })
      if (sent % 100 === 99) await new Promise((resolve) => setImmediate(resolve))
    }
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, ANSWER_WITHIN_MS).unref())])
    return result
  }

  close(): void {
    this.#socket.disconnect()
  }
}

function submission(to: BenchDevice, bytes: number): object {
  return {
    idempotencyKey: randomBytes(16).toString('base64url'),
    accountId: to.address,
    urgent: false,
    envelopes: [{ deviceId: to.deviceId, registrationId: to.registrationId, content: randomBytes(bytes) }],
  }
}
