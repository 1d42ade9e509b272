/**
 * What is measured against: a relay with the same events and answers over socket.io that stores nothing, checks nothing
 * and keeps its queues in memory.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server, type Socket } from 'socket.io'
import { answerParent } from '../children.ts'
import { measureFootprint } from './footprint.ts'

interface Queued {
  sequence: number
  receivedAtMs: number
  content: Uint8Array
}
interface Submit {
  accountId: string
  envelopes: { content: Uint8Array }[]
}
type Answer = (answer: unknown) => void

const ENVELOPES_PER_EVENT = 10

const http = createServer()
const server = new Server(http, {
  path: '/v1/socket',
  transports: ['websocket'],
  serveClient: false,
  perMessageDeflate: false,
})
const connected = new Map<string, Socket>()
const queues = new Map<string, Map<number, Queued>>()
let sequence = 0

function queueOf(name: string): Map<number, Queued> {
  const queue = queues.get(name) ?? new Map<number, Queued>()
  queues.set(name, queue)
  return queue
}

server.on('connection', (socket) => {
  const name = String(socket.handshake.auth.token)
  connected.set(name, socket)
  socket.on('disconnect', () => {
    if (connected.get(name) === socket) connected.delete(name)
  })
  socket.on('submit', ({ accountId, envelopes }: Submit, answer: Answer) => {
    const receivedAtMs = Date.now()
    for (const { content } of envelopes) {
      sequence += 1
      const envelope = { sequence, receivedAtMs, content }
      queueOf(accountId).set(sequence, envelope)
      connected.get(accountId)?.emit('deliver', { envelopes: [envelope] })
    }
    answer({ ok: true, value: { receivedAtMs, duplicate: false } })
  })
  socket.on('acknowledge', ({ sequences }: { sequences: number[] }, answer: Answer) => {
    const queue = queueOf(name)
    for (const one of sequences) queue.delete(one)
    answer({ ok: true, value: {} })
  })
  const waiting = [...queueOf(name).values()]
  for (let at = 0; at < waiting.length; at += ENVELOPES_PER_EVENT) {
    socket.emit('deliver', { envelopes: waiting.slice(at, at + ENVELOPES_PER_EVENT) })
  }
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
