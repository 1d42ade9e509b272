/** A malicious relay, or whatever stands where it should: answers that are wrong, huge, cut, or send the device elsewhere. */
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { encryptAttachmentBytes } from '@pli/crypto'
import { routes, toBase64Url } from '@pli/protocol/wire'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { hasText, untilMessage } from '../client/until.ts'
import { changed, type HttpAnswer, type HttpAttack, json } from './hostile-http.ts'
import { acquaint, befriend, pause, untilState, untilUpToDate, useScene, wait } from './scene.ts'

const scene = useScene()

type Misbehaviour = HttpAnswer | ((response: ServerResponse) => void)

/** Answers requests for paths that begin so; everything else is passed on. */
function answering(beginning: string, answer: () => Misbehaviour): HttpAttack {
  return async (request, pass) => (request.path.startsWith(beginning) ? answer() : pass())
}

/** Writes for as long as anybody reads; says how much that was. */
function endless(head: string) {
  const written = { bytes: 0 }
  const chunk = Buffer.alloc(256 * 1024, '"x",')
  const write = (response: ServerResponse): void => {
    while (!response.destroyed && written.bytes < 256 * 1024 * 1024) {
      written.bytes += chunk.length
      if (!response.write(chunk)) {
        response.once('drain', () => write(response))
        return
      }
    }
    response.end()
  }
  const answer = (status: number) => (response: ServerResponse) => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.write(head)
    write(response)
  }
  return { written, answer }
}

describe('an answer', () => {
  it.each<[string, Misbehaviour, string]>([
    [
      'is an HTML page',
      { status: 200, headers: {}, body: Buffer.from('<html>sign in to the Wi-Fi') },
      'unavailable',
    ],
    ['is empty', { status: 204, headers: {}, body: Buffer.alloc(0) }, 'unavailable'],
    ['has the wrong types', json({ ok: true, value: { rows: 'none', total: {} } }), 'unavailable'],
    ['has a code nobody knows', json({ ok: false, code: 'because' }), 'unavailable'],
    [
      'is nested very deep',
      { status: 200, headers: {}, body: Buffer.from('['.repeat(200_000)) },
      'unavailable',
    ],
    [
      'leads elsewhere',
      { status: 302, headers: { location: 'http://127.0.0.1:9/' }, body: Buffer.alloc(0) },
      'offline',
    ],
    [
      'is cut',
      (response) =>
        void response.writeHead(200, { 'content-length': '100' }).write('{', () => response.destroy()),
      'offline',
    ],
    ['never comes', (response) => response.destroy(), 'offline'],
  ])('that %s is refused with a code', async (_name, answer, code) => {
    const victim = await scene.victim('anne-sophie')
    scene.relay.attacks = { http: answering(routes.people, () => answer) }
    await expect(victim.messenger.searchPeople({ q: 'lemaire' } as never)).rejects.toMatchObject({ code })
    scene.relay.attacks = {}
    expect((await victim.messenger.searchPeople({ q: 'lemaire' } as never)).rows.length).toBeGreaterThan(0)
  })

  it('without end is cut off, also when it is an error', async () => {
    const victim = await scene.victim('anne-sophie')
    for (const status of [200, 500]) {
      const { written, answer } = endless('{"ok":true,"value":{"total":1,"rows":[')
      scene.relay.attacks = { http: answering(routes.people, () => answer(status)) }
      await expect(victim.messenger.searchPeople({ q: 'lemaire' } as never)).rejects.toMatchObject({
        code: 'unavailable',
      })
      expect(written.bytes).toBeLessThan(32 * 1024 * 1024)
    }
  })

  it('whose times no calendar has is none', async () => {
    const victim = await scene.victim('anne-sophie')
    const friend = await scene.victim('nathalie')
    scene.relay.attacks = {
      http: async (request, pass) =>
        request.path === routes.publicAccount(friend.accountId)
          ? changed<object>(await pass(), (value) => ({ ...value, proof: { kind: 'oidc', atMs: 1e300 } }))
          : pass(),
    }
    await expect(victim.messenger.openConversation(friend.personId)).rejects.toMatchObject({
      code: 'unavailable',
    })
  })

  it('of one kind for everything: nothing written is lost, and little is asked', async () => {
    const one = await scene.victim('anne-sophie')
    const two = await scene.victim('nathalie')
    await acquaint(one, two)
    await two.forgetSessions()
    await one.close()
    scene.relay.attacks = { http: async () => json({ ok: false, code: 'internal' }, 500) }
    await one.open()
    const id = await one.messenger.sendText(two.accountId, 'through all of it')
    scene.relay.forget()
    await pause(2_000)
    expect(scene.relay.requests.length).toBeLessThan(25)
    await untilState(one.messenger, two.accountId, id, 'waiting')
    scene.relay.attacks = {}
    await untilMessage(two.messenger, one.accountId, hasText('through all of it'), 'the message')
  })
})

it('a relay that always says the prekeys are used up does not fill the device with new ones', async () => {
  const victim = await scene.victim('anne-sophie')
  await untilUpToDate(victim.messenger)
  scene.relay.attacks = {
    http: async (request, pass) =>
      request.path === routes.keys && request.method === 'GET'
        ? json({ ok: true, value: { preKeys: -5_000, kyberPreKeys: 19 } })
        : pass(),
  }
  for (let round = 0; round < 12; round += 1) {
    const uploads = () =>
      scene.relay.requests.filter(({ method, path }) => method === 'PUT' && path === routes.keys)
    const before = uploads().length
    await victim.close()
    await victim.open()
    await wait(() => uploads().length > before, 'an upload')
  }
  const { store } = victim.running
  expect(await store.count('preKeys')).toBe(1_000)
  expect(await store.count('kyberPreKeys')).toBeLessThanOrEqual(1_001)
})

describe('an upload', () => {
  const photo = () =>
    sharp({ create: { width: 900, height: 700, channels: 3, background: '#a33' } })
      .composite([
        {
          input: {
            create: {
              width: 900,
              height: 700,
              channels: 3,
              noise: { type: 'gaussian', mean: 128, sigma: 60 },
              background: '#000',
            },
          },
        },
      ])
      .jpeg({ quality: 95 })
      .toBuffer()

  it('is not sent to where it does not belong, and neither is the token', async () => {
    const heard: string[] = []
    const elsewhere = createServer((request, response) => {
      heard.push(`${request.method} ${request.headers.authorization ?? ''}`)
      response.writeHead(204, { 'upload-offset': '0' }).end()
    })
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
    const { port } = elsewhere.address() as AddressInfo
    const one = await scene.victim('anne-sophie')
    const two = await scene.victim('nathalie')
    await acquaint(one, two)
    scene.relay.attacks = {
      http: async (request, pass) => {
        const answer = await pass()
        const isCreation = request.method === 'POST' && request.path === routes.attachments
        if (!isCreation) return answer
        const location = `http://127.0.0.1:${port}${routes.attachments}/${'ab'.repeat(16)}`
        return { ...answer, headers: { ...answer.headers, location } }
      },
    }
    await one.messenger.sendPhoto(two.accountId, { bytes: new Uint8Array(await photo()) })
    await wait(() => scene.relay.requests.some(({ path }) => path === routes.attachments), 'the upload')
    await pause(500)
    expect(heard).toEqual([])
    scene.relay.attacks = {}
    await untilMessage(two.messenger, one.accountId, (message) => message.body.kind === 'photo', 'the photo')
    elsewhere.close()
  })

  it('that never advances is given up, tried seldom, and done when the relay is honest', async () => {
    const one = await scene.victim('anne-sophie')
    const two = await scene.victim('nathalie')
    await acquaint(one, two)
    scene.relay.forget()
    scene.relay.attacks = {
      http: async (request, pass) =>
        request.method === 'PATCH'
          ? {
              status: 204,
              headers: { 'upload-offset': '0', 'tus-resumable': '1.0.0' },
              body: Buffer.alloc(0),
            }
          : pass(),
    }
    await one.messenger.sendPhoto(two.accountId, { bytes: new Uint8Array(await photo()) })
    const patches = () => scene.relay.requests.filter(({ method }) => method === 'PATCH').length
    await wait(() => patches() > 0, 'the first piece')
    await pause(1_500)
    expect(patches()).toBeLessThan(5)
    scene.relay.attacks = {}
    await untilMessage(two.messenger, one.accountId, (message) => message.body.kind === 'photo', 'the photo')
  })
})

it('a download without end, or beyond what was announced, is cut off as damaged', async () => {
  const victim = await scene.victim('anne-sophie')
  const peer = await scene.peer('kevin')
  await befriend(peer, victim)
  const jpeg = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#a33' } })
    .jpeg()
    .toBuffer()
  const { ciphertext, pointer } = await encryptAttachmentBytes(jpeg)
  const id = crypto.randomUUID()
  await peer.sendContent(victim, {
    v: 1,
    id,
    sentAtMs: 1,
    kind: 'photo',
    mime: 'image/jpeg',
    width: 64,
    height: 48,
    attachment: {
      ...pointer,
      attachmentId: await peer.upload(ciphertext),
      key: toBase64Url(pointer.key),
      digest: toBase64Url(pointer.digest),
    },
  })
  await untilMessage(victim.messenger, peer.accountId, (message) => message.id === id, 'the message')
  for (const [status, code] of [
    [200, 'attachment_damaged'],
    [500, 'unavailable'],
  ] as const) {
    const { written, answer } = endless('')
    scene.relay.attacks = { http: answering(routes.attachments, () => answer(status)) }
    await expect(victim.messenger.photo(id as never)).rejects.toMatchObject({ code })
    expect(written.bytes).toBeLessThan(32 * 1024 * 1024)
  }
  scene.relay.attacks = {}
  expect(await victim.messenger.photo(id as never)).toEqual(new Uint8Array(jpeg))
})
