/**
 * The network between devices and the relay, with everything that goes wrong in one: cuts, delays, a reader that stops
 * reading. Plain TCP. Not concerned with what is said on it.
 */

import type { AddressInfo } from 'node:net'
import { connect, createServer, type Server, type Socket } from 'node:net'

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
    // A chunk never overtakes one before it, also when the delay ends.
    let dueMs = 0
    from.on('data', (chunk) => {
      dueMs = Math.max(dueMs, Date.now() + line.delayMs)
      if (dueMs <= Date.now()) to.write(chunk)
      else setTimeout(() => to.write(chunk), dueMs - Date.now())
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
