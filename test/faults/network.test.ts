import type { AddressInfo } from 'node:net'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, it } from 'vitest'
import { Network } from './network.ts'

let server: Server
let network: Network
let device: Socket
afterEach(() => {
  device.destroy()
  network.close()
  server.close()
})

it('delays what is said, differently all the time, and never changes its order', async () => {
  const heard: number[] = []
  // The network ends as it does in a fault run: by a reset, on both sides.
  const hear = (socket: Socket) => socket.on('data', (bytes) => heard.push(...bytes)).on('error', () => {})
  server = createServer(hear)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  network = await Network.open((server.address() as AddressInfo).port)
  device = connect(Number(new URL(network.url).port), '127.0.0.1')
  device.setNoDelay(true).on('error', () => {})
  const said = Array.from({ length: 250 }, (_, index) => index)
  for (const byte of said) {
    network.delay(byte % 2 === 0 ? 12 : 1, () => true)
    device.write(Uint8Array.of(byte))
    // Most often one after the other has left, at times both at once.
    await sleep(byte % 3 === 0 ? 11 : 0)
  }
  await expect.poll(() => heard.length, { timeout: 30_000 }).toBe(said.length)
  expect(heard).toEqual(said)
})
