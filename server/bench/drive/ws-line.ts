/** A device on bare WebSocket frames. */
import { WebSocket } from 'ws'
import { ACKNOWLEDGE, DELIVER, frame, readFrame, SUBMIT, SUBMITTED } from '../frames.ts'
import type { BenchDevice, Line, LineEvents } from './device.ts'

export async function openWsLine(url: string, device: BenchDevice, events: LineEvents): Promise<Line> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/${device.address}`, { perMessageDeflate: false })
  const waiting = new Map<number, () => void>()
  let lastNumber = 0
  socket.on('message', (data) => {
    const { kind, number, content } = readFrame(data as Buffer)
    if (kind === DELIVER) {
      events.delivered(content)
      socket.send(frame(ACKNOWLEDGE, number, 0))
    } else if (kind === SUBMITTED) {
      waiting.get(number)?.()
      waiting.delete(number)
    } else events.acknowledged(1)
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  return {
    submit: (to, content, answered) => {
      lastNumber += 1
      waiting.set(lastNumber, answered)
      socket.send(frame(SUBMIT, lastNumber, Number(to.address), content))
    },
    close: () => socket.terminate(),
  }
}
