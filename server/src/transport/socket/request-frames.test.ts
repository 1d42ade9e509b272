import { randomBytes } from 'node:crypto'
import { limits, routes } from '@pli/protocol/wire'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { TestDevice } from '../../testing/test-device.ts'
import { TestRelay } from '../../testing/test-relay.ts'

let relay: TestRelay
beforeEach(async () => {
  relay = await TestRelay.start()
})
afterEach(() => relay.destroy())

/** A device that speaks in frames of its own making. */
async function openFrames(device: TestDevice) {
  const url = `${relay.running.url.replace('http', 'ws')}${routes.socketPath}/?EIO=4&transport=websocket`
  const socket = new WebSocket(url)
  const frames: string[] = []
  let closed = false
  socket.on('message', (data, isBinary) => frames.push(isBinary ? 'bytes' : String(data)))
  socket.on('close', () => {
    closed = true
  })
  const until = async (holds: () => boolean) => {
    while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await until(() => frames.some((frame) => frame.startsWith('0')))
  socket.send(`40${JSON.stringify({ token: device.registered.deviceToken })}`)
  await until(() => frames.some((frame) => frame.startsWith('40')))
  return {
    send: (...some: (string | Buffer)[]) => {
      for (const frame of some) socket.send(frame)
    },
    /** The answer to the request with this number. */
    answerTo: async (id: number) => {
      const start = `43${id}[`
      await until(() => frames.some((frame) => frame.startsWith(start)))
      const answer = frames.find((frame) => frame.startsWith(start)) ?? ''
      return JSON.parse(answer.slice(start.length - 1))[0]
    },
    answered: () => frames.some((frame) => frame.startsWith('43')),
    untilClosed: () => until(() => closed),
    close: () => socket.terminate(),
  }
}

/** A connection that only says nothing is closed too, but later than this. */
const SOONER_THAN_SILENCE_MS = 15_000

const place = (num: unknown) => ({ _placeholder: true, num })

function submissionTo(device: TestDevice, content: unknown) {
  const { accountId, deviceId } = device.address
  const idempotencyKey = randomBytes(16).toString('base64url')
  const envelopes = [{ deviceId, registrationId: device.registrationId, content }]
  return { idempotencyKey, accountId, urgent: false, envelopes }
}

function manyFor(to: TestDevice): string {
  const request = submissionTo(to, place(0))
  const envelopes = Array.from({ length: limits.devicesPerAccount + 1 }, (_, num) => ({
    ...request.envelopes[0],
    content: place(num),
  }))
  return event(`45${envelopes.length}-1`, 'submit', { ...request, envelopes })
}

const event = (head: string, name: string, ...values: unknown[]) => head + JSON.stringify([name, ...values])

describe('requests as they come in frames', () => {
  it('are answered under the number they came with, however long, and in the order they came', async () => {
    const [ada, ben] = [await relay.register('ada'), await relay.connect('ben')]
    const frames = await openFrames(ada)
    const contents = [1, 125, 126, 65_535, 65_536, limits.envelopeBytes].map((length) => randomBytes(length))
    for (const [index, content] of contents.entries()) {
      frames.send(event(`451-${index + 7}`, 'submit', submissionTo(ben, place(0))), content)
    }
    for (const [index] of contents.entries())
      expect(await frames.answerTo(index + 7)).toMatchObject({ ok: true })
    await ben.until(() => ben.received.length === contents.length)
    expect(ben.received.map(({ content }) => Buffer.from(content).equals(contents.shift()!))).not.toContain(
      false,
    )
    frames.close()
  })

  it('are answered also when their places are elsewhere than the client puts them, or nobody waits', async () => {
    const [ada, ben] = [await relay.register('ada'), await relay.connect('ben')]
    const frames = await openFrames(ada)
    const stray = { ...submissionTo(ben, place(1)), note: place(0) }
    frames.send(event('452-1', 'submit', stray), Buffer.from('note'), Buffer.from('second frame'))
    expect(await frames.answerTo(1)).toMatchObject({ ok: true })
    frames.send(event('451-', 'submit', submissionTo(ben, place(0))), Buffer.from('no answer wanted'))
    frames.send(event('422', 'acknowledge', { sequences: ['x'] }), event('423', 'acknowledge', null))
    frames.send(event('424', 'submit', submissionTo(ben, 'text')), event('425', 'acknowledge'))
    for (const id of [2, 3, 4, 5])
      expect(await frames.answerTo(id)).toEqual({ ok: false, code: 'bad_request' })
    await ben.until(() => ben.contents.includes('no answer wanted'))
    expect(ben.contents).toEqual(['second frame', 'no answer wanted'])
    frames.close()
  })

  it.each<[string, (to: TestDevice) => (string | Buffer)[]]>([
    [
      'text comes where bytes are due',
      (to) => [
        event('451-1', 'submit', submissionTo(to, place(0))),
        event('423', 'acknowledge', { sequences: [1] }),
      ],
    ],
    ['a place has no frame', (to) => [event('451-1', 'submit', submissionTo(to, place(5))), Buffer.alloc(9)]],
    ['more envelopes are announced than an account has devices', (to) => [manyFor(to)]],
    ['bytes come that nothing announced', () => [Buffer.alloc(9)]],
    ['the text is no JSON', () => ['451-1["submit",{']],
    ['the event is none', () => ['421["acknowledge",{"sequences":[1]}']],
  ])(
    'close the connection, and reach nobody, when %s',
    async (_what, bad) => {
      const [ada, ben] = [await relay.register('ada'), await relay.connect('ben')]
      const frames = await openFrames(ada)
      frames.send(...bad(ben))
      await frames.untilClosed()
      expect(frames.answered()).toBe(false)
      expect(ben.received).toEqual([])
      expect(await relay.running.storage.envelopes.lastWaiting(ben.address)).toBe(0)
    },
    SOONER_THAN_SILENCE_MS,
  )
})
