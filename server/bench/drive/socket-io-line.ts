/** A device on our wire: the socket.io client, as the messenger uses it. */
import { randomBytes } from 'node:crypto'
import { routes } from '@pli/protocol/wire'
import { io } from 'socket.io-client'
import type { BenchDevice, Line, LineEvents } from './device.ts'

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
    socket.emit('acknowledge', { sequences }, (answer: Answer) => {
      requireOk(answer)
      events.acknowledged(sequences.length)
    })
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
      socket.emit('submit', request, (answer: Answer) => {
        requireOk(answer)
        answered()
      })
    },
    close: () => socket.disconnect(),
  }
}

function requireOk(answer: Answer): void {
  if (!answer.ok) throw new Error(`refused: ${answer.code}`)
}
