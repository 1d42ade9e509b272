import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type GatheringWebSocket, GatheringWebSocketServer } from './gathering-web-socket.ts'

let http: Server
let far: WebSocket
let near: GatheringWebSocket
const received: (string | Buffer)[] = []

beforeEach(async () => {
  received.length = 0
  http = createServer()
  const server = new GatheringWebSocketServer({ server: http, perMessageDeflate: false })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  const connected = once(server, 'connection')
  far = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`)
  far.on('message', (data, isBinary) => received.push(isBinary ? (data as Buffer) : String(data)))
  await once(far, 'open')
  near = (await connected)[0] as GatheringWebSocket
})
afterEach(() => {
  far.terminate()
  http.close()
})

describe('what one turn writes', () => {
  it('arrives whole and in order, whatever its length and its letters', async () => {
    const lengths = [0, 1, 125, 126, 127, 65_535, 65_536, 300_000]
    const written = lengths.flatMap((length) => [
      'é€😀'.repeat(length / 3),
      'x'.repeat(length),
      randomBytes(length),
    ])
    for (const one of written) near.send(one)
    near.send('the end')
    while (received.at(-1) !== 'the end') await once(far, 'message')
    expect(received.slice(0, -1).map(String)).toEqual(written.map(String))
    expect(received.map((one) => typeof one)).toEqual([...written, ''].map((one) => typeof one))
  })

  it('has room for letters of three bytes alone', async () => {
    near.send('€'.repeat(50_000))
    await once(far, 'message')
    expect(received).toEqual(['€'.repeat(50_000)])
  })

  it('arrives also when the connection is closed in the same turn, and nothing after that', async () => {
    near.send('said')
    near.close()
    near.send('too late')
    await once(far, 'close')
    expect(received).toEqual(['said'])
  })

  it('says at once that it was sent, whether there is still a connection or not', () => {
    const said: string[] = []
    near.send('one', () => said.push('one'))
    near.send('two', {}, () => said.push('two'))
    near.terminate()
    near.send('three', () => said.push('three'))
    expect(said).toEqual(['one', 'two', 'three'])
  })
})
