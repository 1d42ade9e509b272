/** A device on our wire: the socket.io client, as the messenger uses it. */
import { randomBytes } from 'node:crypto'
import { routes } from '@pli/protocol/wire'
import { io, type Socket } from 'socket.io-client'
import type { BenchDevice, Line, LineEvents } from './device.ts'

const ASK_AGAIN_AFTER_MS = 150

interface Delivered {
  envelopes: { sequence: number; content: Uint8Array }[]
}
interface Answer {
  ok: boolean
  code?: string
}

export async function openSocketIoLine(url: string, device: BenchDevice, events: LineEvents): Promise<Line> {
  const socket = io(url, {
    path: routes.socketPath,
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    auth: { token: device.token },
  })
  socket.on('deliver', ({ envelopes }: Delivered) => {
    for (const { content } of envelopes) events.delivered(content)
    const sequences = envelopes.map(({ sequence }) => sequence)
    insist(socket, 'acknowledge', { sequences }, () => events.acknowledged(sequences.length))
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('connect_error', reject)
  })
  return {
    submit: ({ address, deviceId, registrationId }, content, answered) => {
      const idempotencyKey = randomBytes(16).toString('base64url')
      const envelopes = [{ deviceId, registrationId, content }]
      const request = { idempotencyKey, accountId: address, urgent: false, envelopes }
      insist(socket, 'submit', request, answered)
    },
    close: () => socket.disconnect(),
  }
}

/** As a messenger does: what a store that cannot keep up refuses is asked again, the same. */
function insist(socket: Socket, name: 'submit' | 'acknowledge', request: object, done: () => void): void {
  socket.emit(name, request, (answer: Answer) => {
    if (answer.ok) done()
    else if (answer.code === 'unavailable')
      setTimeout(() => insist(socket, name, request, done), ASK_AGAIN_AFTER_MS)
    else throw new Error(`refused: ${answer.code}`)
  })
}
