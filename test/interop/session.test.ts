/** One-to-one sessions with the native library, in short form; the long form is the interop command. */
import { randomUUID } from 'node:crypto'
import { MemoryDevice } from '@pli/crypto/testing'
import { describe, expect, it } from 'vitest'
import { NativeDevice } from './native-device.ts'
import { seededRandom } from './random.ts'
import { tamperedCopy } from './tamper.ts'

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

  it('that both open at the same moment come to one', async () => {
    const { ours, theirs } = await pair()
    await ours.open(await theirs.publishBundle(), theirs.address)
    await theirs.open(await ours.publishBundle(), ours.address)
    const fromOurs = await ours.encrypt(text('from ours'), theirs.address)
    const fromTheirs = await theirs.encrypt(text('from theirs'), ours.address)
    expect(await theirs.decrypt(fromOurs, ours.address)).toEqual(text('from ours'))
    expect(await ours.decrypt(fromTheirs, theirs.address)).toEqual(text('from theirs'))
    for (let i = 0; i < 10; i++) {
      await send(ours, theirs, `to native ${i}`)
      await send(theirs, ours, `to ours ${i}`)
    }
    expect(await send(ours, theirs, 'settled')).toBe(2)
  })

  it('that were replaced still read what was under way', async () => {
    const { ours, theirs } = await pair()
    const late: [Device, Device, Awaited<ReturnType<Device['encrypt']>>][] = []
    for (const [from, to] of [[ours, theirs] as const, [theirs, ours] as const, [ours, theirs] as const]) {
      await from.open(await to.publishBundle(), to.address)
      await send(from, to, 'opens')
      await send(to, from, 'answers')
      late.push([from, to, await from.encrypt(text('late'), to.address)])
    }
    for (const [from, to, message] of late) {
      expect(await to.decrypt(message, from.address)).toEqual(text('late'))
    }
    await send(theirs, ours, 'and on')
    await send(ours, theirs, 'and on')
  })
})

describe('what was tampered with, comes again or is addressed otherwise', () => {
  it('is refused by both', async () => {
    const { ours, theirs } = await pair()
    const { below } = seededRandom(7)
    await ours.open(await theirs.publishBundle(), theirs.address)
    for (let i = 0; i < 40; i++) {
      for (const [from, to] of [[ours, theirs] as const, [theirs, ours] as const]) {
        const message = await from.encrypt(text(`message ${i}`), to.address)
        await expect(to.decrypt(tamperedCopy(message, below), from.address)).rejects.toThrow()
        expect(await to.decrypt(message, from.address)).toEqual(text(`message ${i}`))
        await expect(to.decrypt(message, from.address)).rejects.toThrow()
      }
    }
  })

  it('is refused by both when another device is named', async () => {
    const { ours, theirs } = await pair()
    await ours.open(await theirs.publishBundle(), theirs.address)
    const fromOurs = await ours.encrypt(text('hello'), theirs.address)
    const elsewhere = { ...ours.address, deviceId: 9 }
    await expect(theirs.decrypt(fromOurs, elsewhere)).rejects.toThrow()
    expect(await theirs.decrypt(fromOurs, ours.address)).toEqual(text('hello'))

    const second = await pair()
    await second.theirs.open(await second.ours.publishBundle(), second.ours.address)
    const fromTheirs = await second.theirs.encrypt(text('hello'), second.ours.address)
    await expect(
      second.ours.decrypt(fromTheirs, { ...second.theirs.address, deviceId: 9 }),
    ).rejects.toMatchObject({ code: 'wrong_addresses' })
    expect(await second.ours.decrypt(fromTheirs, second.theirs.address)).toEqual(text('hello'))
  })
})
