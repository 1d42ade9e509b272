/** The limits are the native library's own: both refuse and accept the same messages, at the very edge. */
import { randomUUID } from 'node:crypto'
import type { CiphertextMessage } from '@pli/crypto'
import { MemoryDevice, skipMessages } from '@pli/crypto/testing'
import { expect, it } from 'vitest'
import { NativeDevice } from './native-device.ts'

const text = (value: string) => new TextEncoder().encode(value)

type Device = MemoryDevice | NativeDevice

async function converse(receiver: Device): Promise<MemoryDevice> {
  const sender = await MemoryDevice.create({ serviceId: randomUUID(), deviceId: 1 })
  await sender.open(await receiver.publishBundle(), receiver.address)
  await receiver.decrypt(await sender.encrypt(text('hello'), receiver.address), sender.address)
  await sender.decrypt(await receiver.encrypt(text('hello'), sender.address), receiver.address)
  return sender
}

async function isRead(message: CiphertextMessage, by: Device, from: Device): Promise<boolean> {
  return by.decrypt(message, from.address).then(
    () => true,
    () => false,
  )
}

const receivers = {
  ours: () => MemoryDevice.create({ serviceId: randomUUID(), deviceId: 1 }),
  native: async () => new NativeDevice({ serviceId: randomUUID(), deviceId: 1 }),
}

it.each(Object.entries(receivers))('25,000 steps ahead and not one more: %s', async (_, makeReceiver) => {
  for (const [skipped, accepted] of [
    [25_000, false],
    [24_999, true],
  ] as const) {
    const receiver = await makeReceiver()
    const sender = await converse(receiver)
    await skipMessages(sender, receiver.address, skipped)
    const message = await sender.encrypt(text('far'), receiver.address)
    expect(await isRead(message, receiver, sender)).toBe(accepted)
  }
})

it.each(Object.entries(receivers))(
  'the keys of 2,000 skipped messages are kept: %s',
  async (_, makeReceiver) => {
    const receiver = await makeReceiver()
    const sender = await converse(receiver)
    const late = new Map<number, CiphertextMessage>()
    for (let i = 0; i < 2_300; i++) {
      if (i < 297 || i > 303) await skipMessages(sender, receiver.address, 1)
      else late.set(i, await sender.encrypt(text('late'), receiver.address))
    }
    const last = await sender.encrypt(text('last'), receiver.address)
    expect(await isRead(last, receiver, sender)).toBe(true)
    const read: number[] = []
    for (const [i, message] of late) if (await isRead(message, receiver, sender)) read.push(i)
    expect(read).toEqual([300, 301, 302, 303])
  },
)
