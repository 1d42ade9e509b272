/**
 * A person's line to the network: an HTTP proxy that can be cut and slowed down. The browser's own offline switch leaves
 * open sockets alone, and those are what a messenger lives on. Not concerned with what goes through it.
 */
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { type Duplex, Transform } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Line {
  /** For the browser's settings. */
  readonly proxyUrl: string
  /** Ends every connection and lets no other through. */
  cut(): void
  mend(): void
  /** What the person sends goes no faster than this; undefined: at full speed. */
  slowDown(bytesPerSecond: number | undefined): void
  close(): void
}

/** Small enough that a slow line shows its progress. */
const PIECE_BYTES = 16_384

export async function openLine(): Promise<Line> {
  let isCut = false
  let bytesPerSecond: number | undefined
  const sockets = new Set<Duplex>()
  const keep = (socket: Duplex) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
  }
  const paced = () =>
    new Transform({
      async transform(chunk: Buffer, _encoding, done) {
        for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
          const piece = chunk.subarray(at, at + PIECE_BYTES)
          if (bytesPerSecond !== undefined) await sleep((1000 * piece.length) / bytesPerSecond)
          this.push(piece)
        }
        done()
      },
    })
  const server = createServer((incoming, response) => passOn(incoming, response, paced()))
  server.on('connection', (socket: Socket) => {
    if (isCut) socket.destroy()
    else keep(socket)
  })
  server.on('connect', (incoming: IncomingMessage, socket: Duplex) => {
    const { hostname, port } = new URL(`http://${incoming.url}`)
    const relay = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      socket.pipe(paced()).pipe(relay)
      relay.pipe(socket)
    })
    keep(relay)
    relay.on('close', () => socket.destroy())
    socket.on('close', () => relay.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const hangUp = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    proxyUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut: () => {
      isCut = true
      hangUp()
    },
    mend: () => {
      isCut = false
    },
    slowDown: (next) => {
      bytesPerSecond = next
    },
    close: () => {
      hangUp()
      server.close()
    },
  }
}

function passOn(incoming: IncomingMessage, response: ServerResponse, pace: Transform): void {
  const { method, headers, url = '' } = incoming
  const outgoing = forward(url, { method, headers, agent: false }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
  })
  // Whichever side goes, the other is not left waiting.
  outgoing.on('error', () => response.destroy())
  response.on('close', () => outgoing.destroy())
  incoming.pipe(pace).pipe(outgoing)
}
