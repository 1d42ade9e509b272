/**
 * Stands between clients and the relay and keeps every byte that the relay receives: the raw stream of each connection, and
 * the unmasked payloads of its WebSocket frames. Changes nothing on the way.
 */
import { createWriteStream, mkdirSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { readFrame } from './websocket-frames.ts'

export interface Recorder {
  port: number
  receivedBytes(): number
  /** Cuts every connection, as a bad network would. */
  cut(): void
  close(): Promise<void>
}

const HEAD_END = Buffer.from('\r\n\r\n')

export async function startRecorder(folder: string, relayPort: number): Promise<Recorder> {
  mkdirSync(folder, { recursive: true })
  const open = new Set<Socket>()
  let received = 0
  let connections = 0
  const server = createServer((client) => {
    connections += 1
    const record = recordConnection(folder, connections)
    const relay = connect(relayPort, '127.0.0.1')
    for (const socket of [client, relay]) {
      open.add(socket)
      socket.on('close', () => open.delete(socket))
      socket.on('error', () => socket.destroy())
    }
    client.on('data', (chunk: Buffer) => {
      received += chunk.length
      record.take(chunk)
    })
    client.on('close', () => {
      relay.destroy()
      record.end()
    })
    relay.on('close', () => client.destroy())
    client.pipe(relay)
    relay.pipe(client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const cut = () => {
    for (const socket of open) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    receivedBytes: () => received,
    cut,
    close: () =>
      new Promise((resolve) => {
        cut()
        server.close(() => resolve())
      }),
  }
}

function recordConnection(folder: string, number: number) {
  const raw = createWriteStream(join(folder, `connection-${number}.raw`))
  const frames = createWriteStream(join(folder, `connection-${number}.frames`))
  let pending: Buffer = Buffer.alloc(0)
  let upgraded = false
  return {
    take(chunk: Buffer): void {
      raw.write(chunk)
      pending = Buffer.concat([pending, chunk])
      if (!upgraded) {
        const headEnd = pending.indexOf(HEAD_END)
        upgraded =
          headEnd !== -1 && /\r\nupgrade: *websocket/i.test(pending.subarray(0, headEnd).toString('latin1'))
        if (!upgraded) {
          if (headEnd !== -1) pending = Buffer.alloc(0)
          return
        }
        pending = pending.subarray(headEnd + HEAD_END.length)
      }
      for (let frame = readFrame(pending); frame !== undefined; frame = readFrame(pending)) {
        frames.write(frame.payload)
        pending = pending.subarray(frame.frameBytes)
      }
    },
    end(): void {
      raw.end()
      frames.end()
    },
  }
}
