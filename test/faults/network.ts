/**
 * The network between devices and the relay, with everything that goes wrong in one: cuts, delays, a reader that stops
 * reading. Plain TCP. Not concerned with what is said on it.
 */
import type { AddressInfo } from 'node:net'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { createRandom, type Random } from './random.ts'

const BETWEEN_CHANGES_MS = 20

interface Line {
  client: Socket
  relay: Socket
  delayMs: number
}

export class Network {
  readonly #server: Server
  readonly #lines = new Set<Line>()

  private constructor(server: Server) {
    this.#server = server
  }

  /** Every connection goes on to this port of this machine. */
  static async open(relayPort: number): Promise<Network> {
    const server = createServer()
    const network = new Network(server)
    server.on('connection', (client) => network.#join(client, relayPort))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return network
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Breaks each connection for which `chosen` says so, without a goodbye, with what is under way on it. */
  cut(chosen: () => boolean): void {
    for (const line of [...this.#lines]) if (chosen()) this.#end(line)
  }

  /** From now on everything on these connections takes so much longer, in both directions and in order. */
  delay(ms: number, chosen: () => boolean): void {
    for (const line of this.#lines) if (chosen()) line.delayMs = ms
  }

  /** Changes its mind for so long about how long things take, which changes nothing about their order. */
  async waver(forMs: number, slowestMs: number, random: Random): Promise<void> {
    // How often it does is up to the clock: the run's own numbers stay the seed's.
    const own = createRandom(random.between(0, 0x7fffffff))
    const endsAtMs = Date.now() + forMs
    while (Date.now() < endsAtMs) {
      this.delay(own.between(1, slowestMs), () => own.chance(0.3))
      await sleep(BETWEEN_CHANGES_MS)
    }
  }

  /** The devices read no more from these connections; what the relay writes stays with it. */
  stopReading(): void {
    for (const { relay } of this.#lines) relay.pause()
  }

  close(): void {
    this.cut(() => true)
    this.#server.close()
  }

  #join(client: Socket, relayPort: number): void {
    const line: Line = { client, relay: connect(relayPort, '127.0.0.1'), delayMs: 0 }
    this.#lines.add(line)
    this.#pass(line, client, line.relay)
    this.#pass(line, line.relay, client)
  }

  #pass(line: Line, from: Socket, to: Socket): void {
    // One timer for all of them: two would fire in an order of their own, and a connection never changes its order.
    const underWay: { chunk: Buffer; dueMs: number }[] = []
    let timer: NodeJS.Timeout | undefined
    const hand = () => {
      timer = undefined
      let next = underWay[0]
      for (; next !== undefined && next.dueMs <= Date.now(); next = underWay[0]) {
        to.write(next.chunk)
        underWay.shift()
      }
      if (next) timer = setTimeout(hand, next.dueMs - Date.now())
    }
    from.on('data', (chunk) => {
      underWay.push({ chunk, dueMs: Date.now() + line.delayMs })
      if (timer === undefined) hand()
    })
    from.on('error', () => {})
    from.on('close', () => this.#end(line))
  }

  #end(line: Line): void {
    if (!this.#lines.delete(line)) return
    line.client.resetAndDestroy()
    line.relay.resetAndDestroy()
  }
}
