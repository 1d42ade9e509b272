/**
 * One authenticated connection: answers requests, hands over deliveries, says that a device was cut off.
 * Whatever a device sends gets an answer with a code or closes its connection; nothing it sends ends the process.
 */
import type { Revocation } from '@pli/protocol/wire'
import type { Socket } from 'socket.io'
import type { DeviceLink } from '../../domain/relay/device-link.ts'
import { RelayError, refusalOf } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { DeviceAddress, QueuedEnvelope } from '../../storage/interfaces.ts'
import type { GatheringWebSocket } from './gathering-web-socket.ts'
import type { SocketLimiter } from './rates.ts'
import { RequestFrames, type RequestTaker } from './request-frames.ts'
import { isRequestName, type RequestHandler, type RequestName } from './requests.ts'

interface Sources {
  handlers: Record<RequestName, RequestHandler>
  limiter: SocketLimiter
  nowMs: () => number
  log: Log
}

type Acknowledge = (answer: unknown) => void

export class DeviceSocket implements DeviceLink, RequestTaker {
  readonly #socket: Socket
  readonly #webSocket: GatheringWebSocket
  readonly #address: DeviceAddress
  readonly #name: string
  readonly #sources: Sources
  #stopping = false
  #underWay = 0
  #idle: (() => void) | undefined

  constructor(socket: Socket, address: DeviceAddress, sources: Sources) {
    this.#socket = socket
    this.#address = address
    this.#name = `${address.accountId} ${address.deviceId}`
    this.#sources = sources
    this.#webSocket = webSocketOf(socket)
    socket.onAny((name: unknown, ...values: unknown[]) => {
      const last = values.at(-1)
      this.#receive(name, values[0], isCallback(last) ? last : () => {})
    })
    this.#webSocket.taker = new RequestFrames(this)
  }

  get takesRequests(): boolean {
    return this.#socket.connected && this.#socket.conn.readyState === 'open'
  }

  take(name: RequestName, request: unknown, id: number): void {
    // As socket.io would answer: an ACK packet.
    this.#receive(name, request, (answer) => this.#send(`43${id}[${JSON.stringify(answer)}]`))
  }

  deliver(envelopes: QueuedEnvelope[]): void {
    // What `emit('deliver', { envelopes })` would send, without its search for byte arrays in whatever it is given.
    const placed = envelopes.map(
      ({ sequence, receivedAtMs }, num) =>
        `{"sequence":${sequence},"receivedAtMs":${receivedAtMs},"content":{"_placeholder":true,"num":${num}}}`,
    )
    this.#send(`45${envelopes.length}-["deliver",{"envelopes":[${placed.join(',')}]}]`)
    for (const { content } of envelopes) this.#send(content as Buffer)
  }

  drained(): void {
    this.#socket.emit('drained')
  }

  guarantees(): void {
    this.#socket.emit('guarantees')
  }

  revoke(reason: Revocation['reason']): void {
    this.#socket.emit('revoked', { reason })
    this.close()
  }

  close(): void {
    this.#socket.disconnect(true)
  }

  /** Takes no more requests; resolves when those under way have their answer. */
  stop(): Promise<void> {
    this.#stopping = true
    if (this.#underWay === 0) return Promise.resolve()
    return new Promise((resolve) => {
      this.#idle = resolve
    })
  }

  #send(frame: string | Buffer): void {
    if (this.#socket.connected) this.#webSocket.send(frame)
  }

  #receive(name: unknown, request: unknown, acknowledge: Acknowledge): void {
    const refusal = this.#refusalBefore(name)
    if (refusal) acknowledge(refusalOf(refusal))
    else if (isRequestName(name)) void this.#answer(name, request, acknowledge)
    if (refusal?.code === 'bad_request') this.#spendNonsense()
  }

  #refusalBefore(name: unknown): RelayError | undefined {
    if (!isRequestName(name)) return new RelayError('bad_request', 'unknown event')
    if (this.#stopping) return new RelayError('unavailable', 'the relay is stopping')
    return this.#rateRefusal(name)
  }

  async #answer(name: RequestName, request: unknown, acknowledge: Acknowledge): Promise<void> {
    this.#underWay += 1
    try {
      const value = await this.#sources.handlers[name](this.#address, request)
      acknowledge({ ok: true, value })
    } catch (error) {
      const refusal = refusalOf(error)
      if (refusal.code === 'bad_request') this.#spendNonsense()
      if (refusal.code === 'internal') {
        const kind = error instanceof Error ? error.name : typeof error
        this.#sources.log.error({ event: name, kind }, 'a request failed')
      }
      acknowledge(refusal)
    } finally {
      this.#underWay -= 1
      if (this.#underWay === 0) this.#idle?.()
    }
  }

  #spendNonsense(): void {
    if (this.#sources.limiter.nonsense.take(this.#name, this.#sources.nowMs()) > 0) this.close()
  }

  #rateRefusal(name: RequestName): RelayError | undefined {
    const { limiter, nowMs } = this.#sources
    const retryAfterMs = limiter.requests[name].take(this.#name, nowMs())
    if (retryAfterMs === 0) return undefined
    // Somebody who does not heed the answer is not answered for ever.
    if (limiter.refused.take(this.#name, nowMs()) > 0) this.close()
    return new RelayError('rate_limited', 'too many requests', { retryAfterMs })
  }
}

/** Under the engine's socket; what it writes itself is written at once, so that the order is the calls'. */
function webSocketOf(socket: Socket): GatheringWebSocket {
  return (socket.conn.transport as unknown as { socket: GatheringWebSocket }).socket
}

function isCallback(value: unknown): value is Acknowledge {
  return typeof value === 'function'
}
