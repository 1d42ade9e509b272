/**
 * A device that keeps what the protocol asks of one: it reconnects for ever, sends one message of a conversation at a
 * time and the same bytes under the same key until they are acknowledged, and shows once what came under one sequence.
 * It stands for a messenger whose own storage never fails. Not concerned with encryption: the relay sees none either.
 */
import { randomBytes } from 'node:crypto'
import { routes } from '@pli/protocol/wire'
import { io, type Socket } from 'socket.io-client'
import type { BenchDevice } from '../../server/bench/drive/device.ts'
import type { Ledger } from './ledger.ts'
import type { Random } from './random.ts'

interface Answer {
  ok: boolean
  code?: string
}
interface Delivered {
  envelopes: { sequence: number; content: Uint8Array }[]
}

const ANSWER_WITHIN_MS = 4_000
const RECONNECT_AFTER_MS = 100
const TRY_AGAIN_AFTER_MS = 150
/** How often a delivery is shown and, as after a crash at the wrong moment, not acknowledged. */
const FORGETS = 0.03

export class FaultDevice {
  readonly device: BenchDevice
  readonly #url: string
  readonly #ledger: Ledger
  readonly #random: Random
  #socket: Socket | undefined
  #connected: Promise<void> = new Promise(() => {})
  #stopped = false
  /** From now on everything is acknowledged: the run comes to its end. */
  careful = false

  constructor(url: string, device: BenchDevice, ledger: Ledger, random: Random) {
    this.#url = url
    this.device = device
    this.#ledger = ledger
    this.#random = random
  }

  start(): void {
    this.#connected = new Promise((resolve) => {
      const connect = () => {
        if (this.#stopped) return
        const socket = io(this.#url, {
          path: routes.socketPath,
          transports: ['websocket'],
          reconnection: false,
          forceNew: true,
          timeout: ANSWER_WITHIN_MS,
          auth: { token: this.device.token },
        })
        this.#socket = socket
        socket.on('connect', () => resolve())
        socket.on('deliver', (delivered: Delivered) => this.#receive(socket, delivered))
        const again = () => {
          socket.disconnect()
          if (this.#socket !== socket) return
          this.#socket = undefined
          setTimeout(connect, RECONNECT_AFTER_MS)
        }
        socket.on('connect_error', again)
        socket.on('disconnect', again)
      }
      connect()
    })
  }

  connected(): Promise<void> {
    return this.#connected
  }

  /** Reconnects, so that everything unacknowledged comes once more. */
  reconnect(): void {
    // One that is still connecting would be given up without a word, and nobody would try again.
    if (this.#socket?.connected) this.#socket.disconnect()
  }

  stop(): void {
    this.#stopped = true
    this.#socket?.disconnect()
  }

  /** Sends one message after another to `to` until `goesOn` says no; the last one is seen through. */
  async converse(to: BenchDevice, goesOn: () => boolean): Promise<void> {
    for (let number = 1; goesOn(); number += 1) {
      const message = { from: this.device.address, to: to.address, number }
      const request = {
        idempotencyKey: randomBytes(16).toString('base64url'),
        accountId: to.address,
        urgent: false,
        envelopes: [
          {
            deviceId: to.deviceId,
            registrationId: to.registrationId,
            content: Buffer.from(JSON.stringify({ ...message, padding: 'x'.repeat(300) })),
          },
        ],
      }
      while (!(await this.#submit(request))) await sleep(TRY_AGAIN_AFTER_MS)
      this.#ledger.acknowledged(message)
    }
  }

  async #submit(request: object): Promise<boolean> {
    const socket = this.#socket
    if (!socket?.connected) return false
    try {
      const answer: Answer = await socket.timeout(ANSWER_WITHIN_MS).emitWithAck('submit', request)
      if (answer.ok) return true
      if (answer.code !== 'unavailable') throw new Error(`a submission was refused: ${answer.code}`)
      this.#ledger.refused()
      return false
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('a submission')) throw error
      // No answer: nobody knows whether it arrived. A silent connection is given up, as a messenger does.
      if (socket.connected) socket.disconnect()
      return false
    }
  }

  #receive(socket: Socket, { envelopes }: Delivered): void {
    for (const { sequence, content } of envelopes) {
      this.#ledger.delivered(this.device.address, sequence, JSON.parse(Buffer.from(content).toString()))
    }
    if (!this.careful && this.#random.chance(FORGETS)) return
    const sequences = envelopes.map(({ sequence }) => sequence)
    socket.emit('acknowledge', { sequences }, (answer: Answer) => {
      if (answer.ok) this.#ledger.deleted(sequences.length)
    })
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
