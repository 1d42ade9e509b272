/** Connections below socket.io, for what no real client would send. */
import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import { routes } from '@pli/protocol/wire'

/** The head of a WebSocket connection that then says nothing. */
export function upgrade(): Buffer {
  const lines = [
    `GET ${routes.socketPath}/?EIO=4&transport=websocket HTTP/1.1`,
    'Host: localhost',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
  ]
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`)
}

export function openTcp(url: string, bytes: Buffer): Socket {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  socket.on('error', () => {})
  socket.write(bytes)
  return socket
}
