/** A malicious correspondent inside a healthy session: contents that lie, overflow, forge or explode. */
import { randomBytes, randomUUID } from 'node:crypto'
import type { MessageView } from '@pli/client'
import { encryptAttachmentBytes } from '@pli/crypto'
import { contentLimits, padContent } from '@pli/protocol/content'
import { limits, toBase64Url } from '@pli/protocol/wire'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { hasText, textsOf, until, untilMessage } from '../client/until.ts'
import { type HostilePeer, textContent } from './hostile-peer.ts'
import { acquaint, befriend, pause, stillReads, untilState, useScene, type Victim, wait } from './scene.ts'

const scene = useScene()

async function meetings(): Promise<{ victim: Victim; peer: HostilePeer }> {
  const victim = await scene.victim('anne-sophie')
  const peer = await scene.peer('kevin')
  await befriend(peer, victim)
  return { victim, peer }
}

/** What any screen would do with it. */
function draw(message: MessageView): string {
  const format = new Intl.DateTimeFormat('fr-BE', { dateStyle: 'full', timeStyle: 'medium' })
  return [message.atMs, message.answerByMs ?? 0].map((atMs) => format.format(atMs)).join(' ')
}

describe('contents', () => {
  it('that are malformed or of the future are shown as such, once, and nothing else is lost', async () => {
    const { victim, peer } = await meetings()
    const future = { v: 2, id: randomUUID(), sentAtMs: 1, kind: 'hologram', dose: '5 mg' }
    await peer.sendContent(victim, future)
    await peer.sendContent(victim, future)
    const malformed: unknown[] = [
      null,
      [],
      'text',
      { ...textContent('x'), text: '' },
      { ...textContent('x'), text: 'x'.repeat(contentLimits.textChars + 1) },
      { ...textContent('x'), id: '../../x' },
      { ...textContent('x'), quote: { messageId: randomUUID(), excerpt: 'x'.repeat(141) } },
      { ...textContent('x'), kind: 'receipt', state: 'read', messageIds: [] },
    ]
    for (const content of malformed) await peer.sendContent(victim, content)
    await peer.sendMessage(victim, await peer.encrypt(victim, padContent(Uint8Array.of(0xff, 0xfe, 0))))
    await peer.sendMessage(victim, await peer.encrypt(victim, new Uint8Array(159)))
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`
    await peer.sendMessage(victim, await peer.encrypt(victim, padContent(new TextEncoder().encode(deep))))
    await stillReads(peer, victim)
    expect(await textsOf(victim.messenger, peer.accountId)).toEqual([
      'good day',
      '<unsupported>',
      ...Array(malformed.length + 3).fill('<unreadable>'),
      'and after it',
    ])
  })

  it('whose times no calendar has can still be drawn', async () => {
    const { victim, peer } = await meetings()
    await peer.sendText(victim, 'by the end of time', { answerByMs: Number.MAX_SAFE_INTEGER, sentAtMs: 9e15 })
    await peer.sendText(victim, 'long ago', { answerByMs: Number.MIN_SAFE_INTEGER })
    await stillReads(peer, victim)
    const view = await until(
      victim.messenger.conversation(peer.accountId, 50),
      ({ messages }) => messages.length === 4,
      'all of them',
    )
    for (const message of view.messages) expect(() => draw(message)).not.toThrow()
    const row = victim.messenger.inbox.get()?.[0]
    expect(() => new Date(row?.answerByMs ?? 0).toISOString()).not.toThrow()
  })

  it('under an id that was used: the first stays, whoever wrote it', async () => {
    const { victim, peer } = await meetings()
    const other = await scene.peer('nathalie')
    await befriend(other, victim)
    const id = await peer.sendText(victim, 'Metformine 500 mg')
    await untilMessage(victim.messenger, peer.accountId, hasText('Metformine 500 mg'), 'the first')
    await peer.sendText(victim, 'Metformine 5000 mg', { id })
    await other.sendText(victim, 'forged', { id })
    const own = await victim.messenger.sendText(peer.accountId, 'mine')
    await wait(() => peer.count('text') === 1, 'mine')
    await peer.sendText(victim, 'in your name', { id: own })
    await stillReads(peer, victim)
    await stillReads(other, victim)
    expect(await textsOf(victim.messenger, peer.accountId)).toEqual([
      'good day',
      'Metformine 500 mg',
      'mine',
      '<unreadable>',
      'and after it',
    ])
    expect(await textsOf(victim.messenger, other.accountId)).toEqual([
      'good day',
      '<unreadable>',
      'and after it',
    ])
  })

  it('that confirm messages they never got change nothing', async () => {
    const { victim, peer } = await meetings()
    const friend = await scene.victim('nathalie')
    await acquaint(victim, friend)
    await friend.close()
    const id = await victim.messenger.sendText(friend.accountId, 'for the friend alone')
    await untilState(victim.messenger, friend.accountId, id, 'relayed')
    const receipt = { v: 1, sentAtMs: Date.now(), kind: 'receipt', state: 'opened' }
    await peer.sendContent(victim, { ...receipt, id: randomUUID(), messageIds: [id, randomUUID()] })
    await peer.sendContent(victim, {
      ...receipt,
      id: randomUUID(),
      messageIds: Array.from({ length: 100 }, () => randomUUID()),
    })
    await stillReads(peer, victim)
    const message = await untilMessage(
      victim.messenger,
      friend.accountId,
      (one) => one.id === id,
      'the message',
    )
    expect(message.outgoing?.state).toBe('relayed')
    expect(await textsOf(victim.messenger, peer.accountId)).toEqual(['good day', 'and after it'])
  })
})

describe('photos', () => {
  let jpeg: Uint8Array
  beforeAll(async () => {
    jpeg = await sharp({ create: { width: 64, height: 48, channels: 3, background: '#a33' } })
      .jpeg()
      .toBuffer()
  })

  async function send(
    peer: HostilePeer,
    victim: Victim,
    ciphertext: Uint8Array,
    pointer: object,
    more: object = {},
  ): Promise<string> {
    const id = randomUUID()
    const attachmentId = await peer.upload(ciphertext)
    await peer.sendContent(victim, {
      v: 1,
      id,
      sentAtMs: Date.now(),
      kind: 'photo',
      mime: 'image/jpeg',
      width: 64,
      height: 48,
      attachment: { attachmentId, ...pointer },
      ...more,
    })
    return id
  }

  function onWire({ pointer }: Awaited<ReturnType<typeof encryptAttachmentBytes>>): Record<string, unknown> {
    const { key, digest, ...lengths } = pointer
    return { ...lengths, key: toBase64Url(key), digest: toBase64Url(digest) }
  }

  it('that are not what was announced are refused as damaged, and an honest one is shown', async () => {
    const { victim, peer } = await meetings()
    const made = await encryptAttachmentBytes(jpeg)
    const pointer = onWire(made)
    const { ciphertext } = made
    const longer = Uint8Array.of(...ciphertext, 0)
    const claims: [string, Uint8Array, object][] = [
      ['a wrong digest', ciphertext, { ...pointer, digest: toBase64Url(randomBytes(32)) }],
      ['a wrong key', ciphertext, { ...pointer, key: toBase64Url(randomBytes(32)) }],
      ['bytes after the end', longer, pointer],
      ['bytes after the end, announced', longer, { ...pointer, ciphertextBytes: longer.length }],
      ['less than announced', ciphertext.subarray(0, -1), pointer],
      ['25 MiB announced', ciphertext, { ...pointer, ciphertextBytes: limits.attachmentBytes }],
      ['a terabyte announced', ciphertext, { ...pointer, ciphertextBytes: 2 ** 40 }],
    ]
    for (const [name, bytes, claim] of claims) {
      const id = await send(peer, victim, bytes, claim, { caption: name })
      await untilMessage(victim.messenger, peer.accountId, (one) => one.id === id, name)
      await expect(victim.messenger.photo(id as never), name).rejects.toMatchObject({
        code: 'attachment_damaged',
      })
    }
    const gone = await send(peer, victim, ciphertext, { ...pointer, attachmentId: 'ab'.repeat(16) })
    await untilMessage(victim.messenger, peer.accountId, (one) => one.id === gone, 'the missing one')
    await expect(victim.messenger.photo(gone as never)).rejects.toMatchObject({ code: 'attachment_gone' })
    const honest = await send(peer, victim, ciphertext, pointer)
    await untilMessage(victim.messenger, peer.accountId, (one) => one.id === honest, 'the honest one')
    expect(await victim.messenger.photo(honest as never)).toEqual(new Uint8Array(jpeg))
  })

  it('that are no photo, or a bomb, never reach a decoder', async () => {
    const { victim, peer } = await meetings()
    // The frame header says 65,500 by 65,500: 12 gigabytes once decoded.
    const bomb = Uint8Array.from(jpeg)
    const frame = bomb.findIndex((byte, at) => byte === 0xff && bomb[at + 1] === 0xc0)
    bomb.set([0xff, 0xdc, 0xff, 0xdc], frame + 5)
    const svg = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')
    for (const [name, bytes] of [
      ['bomb', bomb],
      ['svg', svg],
    ] as const) {
      const made = await encryptAttachmentBytes(bytes)
      const id = await send(peer, victim, made.ciphertext, onWire(made))
      await untilMessage(victim.messenger, peer.accountId, (one) => one.id === id, name)
      await expect(victim.messenger.photo(id as never), name).rejects.toMatchObject({
        code: 'attachment_damaged',
      })
    }
    const honest = await encryptAttachmentBytes(jpeg)
    const id = await send(peer, victim, honest.ciphertext, onWire(honest), {
      preview: toBase64Url(bomb.subarray(0, contentLimits.previewBytes)),
    })
    const message = await untilMessage(victim.messenger, peer.accountId, (one) => one.id === id, 'the photo')
    expect(message.body).toMatchObject({ kind: 'photo' })
    expect(message.body).not.toHaveProperty('preview')
  })
})

describe('requests to send again', () => {
  it('in a loop are answered three times, and the session stays usable', async () => {
    const { victim, peer } = await meetings()
    const id = await victim.messenger.sendText(peer.accountId, 'once and for all')
    await wait(() => peer.count('text') === 1, 'the message')
    const sealed = scene.relay.submissions.filter(({ from }) => from === victim.accountId).length
    const sent = await untilState(victim.messenger, peer.accountId, id, 'relayed')
    for (let n = 0; n < 6; n += 1) {
      // Every copy is asked for again too, under its own time.
      const times = new Set([
        (sent as { atMs?: number }).atMs ?? 0,
        ...scene.relay.deliveries
          .filter(({ to }) => to === peer.accountId)
          .map(({ envelope }) => envelope.receivedAtMs),
      ])
      for (const receivedAtMs of times) await peer.askAgain(victim, receivedAtMs)
      await pause(20)
    }
    await stillReads(peer, victim)
    await pause(1_000)
    const copies = scene.relay.submissions.filter(({ from }) => from === victim.accountId).length - sealed
    expect(peer.count('text')).toBeLessThanOrEqual(4)
    // Three copies of the message, three of each receipt, and the receipts of what was read meanwhile.
    expect(copies).toBeLessThan(20)
    await victim.messenger.sendText(peer.accountId, 'and on')
    const before = peer.count('text')
    await wait(() => peer.count('text') > before || peer.count('text') === 5, 'what follows')
  })

  it('by the same device under another key are not answered', async () => {
    const { victim, peer } = await meetings()
    const id = await victim.messenger.sendText(peer.accountId, 'for the old key alone')
    await wait(() => peer.count('text') === 1, 'the message')
    await untilState(victim.messenger, peer.accountId, id, 'relayed')
    const times = scene.relay.deliveries
      .filter(({ to }) => to === peer.accountId)
      .map(({ envelope }) => envelope.receivedAtMs)
    peer.close()
    const taker = await scene.peer('kevin')
    expect(taker.accountId).toBe(peer.accountId)
    for (const receivedAtMs of times) await taker.askAgain(victim, receivedAtMs)
    await pause(1_500)
    expect(taker.heard).toEqual([])
  })
})
