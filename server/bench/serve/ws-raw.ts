/**
 * The floor: the same exchange over bare WebSocket frames, nothing stored, nothing checked.
 * Frames are described in `../frames.ts`.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { answerParent } from '../children.ts'
import { ACKNOWLEDGE, ACKNOWLEDGED, DELIVER, frame, readFrame, SUBMIT, SUBMITTED } from '../frames.ts'
import { measureFootprint } from './footprint.ts'

const http = createServer()
const server = new WebSocketServer({ server: http, perMessageDeflate: false })
const connected = new Map<number, WebSocket>()
const queues = new Map<number, Map<number, Buffer>>()
let sequence = 0

function queueOf(name: number): Map<number, Buffer> {
  const queue = queues.get(name) ?? new Map<number, Buffer>()
  queues.set(name, queue)
  return queue
}

server.on('connection', (socket, request) => {
  const name = Number(request.url?.slice(1))
  connected.set(name, socket)
  socket.on('close', () => {
    if (connected.get(name) === socket) connected.delete(name)
  })
  socket.on('message', (data) => {
    const { kind, number, to, content } = readFrame(data as Buffer)
    if (kind === SUBMIT) {
      sequence += 1
      queueOf(to).set(sequence, content)
      connected.get(to)?.send(frame(DELIVER, sequence, 0, content))
      socket.send(frame(SUBMITTED, number, 0))
    } else if (kind === ACKNOWLEDGE) {
      queueOf(name).delete(number)
      socket.send(frame(ACKNOWLEDGED, number, 0))
    }
  })
  for (const [number, content] of queueOf(name)) socket.send(frame(DELIVER, number, 0, content))
})

await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
answerParent({
  url: () => `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
  footprint: measureFootprint,
  processorMs: () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  },
})
