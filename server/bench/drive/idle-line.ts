/** A connection that says who it is and then only keeps alive: as little as possible on the driver's side. */
import { routes } from '@pli/protocol/wire'
import { WebSocket } from 'ws'
import type { BenchDevice, Wire } from './device.ts'

const CONNECTED = '40'

/** Resolves with how to close it, once the subject took it in. */
export function openIdleLine(wire: Wire, url: string, device: BenchDevice): Promise<() => void> {
  const base = url.replace('http', 'ws')
  const path = wire === 'ws' ? `/${device.address}` : `${routes.socketPath}/?EIO=4&transport=websocket`
  const socket = new WebSocket(base + path, { perMessageDeflate: false })
  return new Promise((resolve, reject) => {
    const ready = () => resolve(() => socket.terminate())
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('an idle connection was refused')))
    if (wire === 'ws') socket.on('open', ready)
    else
      socket.on('message', (data) => {
        const text = String(data)
        if (text.startsWith('0')) socket.send(`40${JSON.stringify({ token: device.token })}`)
        else if (text === '2') socket.send('3')
        else if (text.startsWith('44')) reject(new Error('an idle connection was refused'))
        else if (text.startsWith(CONNECTED)) ready()
      })
  })
}
