/** One-to-one sessions with the native library, in short form; the long form is the interop command. */
import { randomUUID } from 'node:crypto'
import { MemoryDevice } from '@pli/crypto/testing'
import { describe, expect, it } from 'vitest'
import { NativeDevice } from './native-device.ts'

const text = (value: string) => new TextEncoder().encode(value)

async function pair() {
  const ours = await MemoryDevice.create({ serviceId: randomUUID(), deviceId: 1 })
  const theirs = new NativeDevice({ serviceId: randomUUID(), deviceId: 2 })
  return { ours, theirs }
}

type Device = MemoryDevice | NativeDevice

async function send(from: Device, to: Device, body: string): Promise<number> {
  const message = await from.encrypt(text(body), to.address)
  expect(await to.decrypt(message, from.address)).toEqual(text(body))
  return message.type
}

describe('sessions with the native library', () => {
  it.each([true, false])('are opened by us (one-time prekey: %s)', async (oneTime) => {
    const { ours, theirs } = await pair()
    await ours.open(await theirs.publishBundle({ oneTime }), theirs.address)
    expect(await send(ours, theirs, 'first')).toBe(3)
    expect(await send(ours, theirs, 'second')).toBe(3)
    expect(await send(theirs, ours, 'answer')).toBe(2)
    expect(await send(ours, theirs, 'third')).toBe(2)
  })

  it.each([true, false])('are opened by the native library (one-time prekey: %s)', async (oneTime) => {
    const { ours, theirs } = await pair()
    await theirs.open(await ours.publishBundle({ oneTime }), ours.address)
    expect(await send(theirs, ours, 'first')).toBe(3)
    expect(await send(theirs, ours, 'second')).toBe(3)
    expect(await send(ours, theirs, 'answer')).toBe(2)
    expect(await send(theirs, ours, 'third')).toBe(2)
  })

  it('go on through several epochs of the post-quantum ratchet', async () => {
    const { ours, theirs } = await pair()
    await ours.open(await theirs.publishBundle(), theirs.address)
    for (let i = 0; i < 250; i++) {
      await send(ours, theirs, `to native ${i}`)
      await send(theirs, ours, `to ours ${i}`)
    }
  })
})
