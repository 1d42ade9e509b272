/** A malicious correspondent against sessions and identities: authentic envelopes with something wrong inside. */
import { randomBytes } from 'node:crypto'
import { CONTENT_HINT } from '@pli/crypto'
import { skipMessages } from '@pli/crypto/testing'
import { describe, expect, it } from 'vitest'
import { hasText, textsOf, untilMessage } from '../client/until.ts'
import { Authority } from './authority.ts'
import { type HostilePeer, textContent } from './hostile-peer.ts'
import { withoutField } from './protobuf-surgery.ts'
import { befriend, pause, stillReads, useScene, type Victim, wait } from './scene.ts'

const scene = useScene()
const MAC_BYTES = 8
const PQ_RATCHET_FIELD = 5

async function meetings(): Promise<{ victim: Victim; peer: HostilePeer }> {
  const victim = await scene.victim('anne-sophie')
  const peer = await scene.peer('kevin')
  await befriend(peer, victim)
  return { victim, peer }
}

describe('a message is refused with a code, its place is kept, and what follows is read', () => {
  it('without the post-quantum ratchet', async () => {
    const { victim, peer } = await meetings()
    const { body } = await peer.encryptContent(victim, textContent('classical only'))
    const stripped = Uint8Array.of(
      body[0]!,
      ...withoutField(body.subarray(1, -MAC_BYTES), PQ_RATCHET_FIELD),
      ...body.subarray(-MAC_BYTES),
    )
    expect(stripped.length).toBeLessThan(body.length)
    await peer.sendMessage(victim, { type: 2, body: stripped })
    await stillReads(peer, victim)
    expect(victim.refusals).toEqual(['decrypt:missing_spqr'])
    expect(await textsOf(victim.messenger, peer.accountId)).toEqual([
      'good day',
      '<unreadable>',
      'and after it',
    ])
  })

  it('when it opens a session with a base key and the last-resort prekey that were used before', async () => {
    const victim = await scene.victim('anne-sophie')
    const peer = await scene.peer('kevin')
    await peer.meet(victim, peer.lastResortBundle(victim))
    const first = await peer.encryptContent(victim, textContent('first'))
    await peer.sendMessage(victim, first)
    await untilMessage(victim.messenger, peer.accountId, hasText('first'), 'first')
    // The session is lost, as after a storm of others: only the memory of the base key stands in the way.
    await victim.forgetSessions()
    await peer.sendMessage(victim, first)
    await wait(() => victim.refusals.length > 0, 'the refusal')
    expect(victim.refusals).toEqual(['decrypt:reused_base_key'])
    await peer.meet(victim)
    await stillReads(peer, victim)
    expect(await textsOf(victim.messenger, peer.accountId)).toEqual(['first', '<unreadable>', 'and after it'])
  })

  it('when it was encrypted for another device than it comes from', async () => {
    const victim = await scene.victim('anne-sophie')
    const peer = await scene.peer('kevin')
    const elsewhere = { ...peer.address, deviceId: 99 }
    await peer.meet(victim, undefined, elsewhere)
    await peer.sendMessage(victim, await peer.encrypt(victim, new Uint8Array(159), elsewhere))
    await wait(() => victim.refusals.length > 0, 'the refusal')
    expect(victim.refusals).toEqual(['decrypt:wrong_addresses'])
    await peer.meet(victim)
    await stillReads(peer, victim)
  })

  it('when it is garbage inside a valid seal, of any type', async () => {
    const { victim, peer } = await meetings()
    for (const type of [2, 3] as const) {
      for (const length of [1, 40, 3_000]) {
        await peer.sendMessage(victim, { type, body: randomBytes(length) })
      }
    }
    await peer.sendMessage(victim, { type: 8, body: randomBytes(60) })
    await stillReads(peer, victim)
    expect(victim.refusals).toHaveLength(6)
    const texts = await textsOf(victim.messenger, peer.accountId)
    expect(texts).toEqual(['good day', ...Array(6).fill('<unreadable>'), 'and after it'])
  })
})

describe('nobody is shown as somebody else', () => {
  it.each([
    ['another authority', 'unseal:sender_certificate_untrusted'],
    ['the past', 'unseal:sender_certificate_expired'],
    ['the victim', 'unseal:self_send'],
    ['a third person', 'unseal:sender_key_mismatch'],
  ])('by a certificate of %s', async (kind, refusal) => {
    const { victim, peer } = await meetings()
    const third = await scene.victim('nathalie')
    const { relay } = scene
    const own = relay.party(peer.accountId)
    const certificates: Record<string, Uint8Array> = {
      'another authority': new Authority().certify(own),
      'the past': relay.authority.certify(own, Date.now() - 60_000),
      'the victim': relay.authority.certify({ ...own, accountId: victim.accountId }),
      'a third person': relay.authority.certify({
        ...own,
        accountId: third.accountId,
        identityKey: third.keys.publicKey,
      }),
    }
    const forged = await peer.encryptContent(victim, textContent('forged'))
    await peer.sendMessage(victim, forged, { certificate: certificates[kind]! })
    await stillReads(peer, victim)
    expect(victim.refusals).toEqual([refusal])
    expect(await textsOf(victim.messenger, peer.accountId)).toEqual(['good day', 'and after it'])
    expect(victim.messenger.inbox.get()).toHaveLength(1)
  })

  it('by a certificate of the right authority that binds a known person to another key', async () => {
    const { victim, peer } = await meetings()
    const third = await scene.victim('nathalie')
    await third.messenger.openConversation(victim.personId)
    await third.messenger.sendText(victim.accountId, 'genuine')
    await untilMessage(victim.messenger, third.accountId, hasText('genuine'), 'genuine')
    // The authority itself is in on it; the account as the relay shows it is not.
    const certificate = scene.relay.authority.certify({
      ...scene.relay.party(peer.accountId),
      accountId: third.accountId,
    })
    const as = { ...peer.address, serviceId: third.accountId }
    await peer.meet(victim, undefined, as)
    await peer.sendMessage(victim, await peer.encrypt(victim, new Uint8Array(159), as), { certificate })
    await stillReads(peer, victim)
    await third.messenger.sendText(victim.accountId, 'genuine too')
    await untilMessage(victim.messenger, third.accountId, hasText('genuine too'), 'genuine too')
    expect(await textsOf(victim.messenger, third.accountId)).toEqual([
      'genuine',
      '<unreadable>',
      'genuine too',
    ])
  })
})

describe('a flood is bounded', () => {
  it('of prekey messages: the session holds, and no prekey is used up that nobody handed out', async () => {
    const { victim, peer } = await meetings()
    const before = await victim.running.store.count('preKeys')
    for (let n = 0; n < 45; n += 1) {
      await peer.meet(victim, peer.lastResortBundle(victim))
      await peer.sendText(victim, `session ${n}`)
    }
    await stillReads(peer, victim)
    const texts = await textsOf(victim.messenger, peer.accountId)
    expect(texts).toHaveLength(47)
    expect(await victim.running.store.count('preKeys')).toBe(before)
    // Forty archived sessions and the current one, each a few kilobytes.
    const [session] = await victim.running.store.list('sessions', { group: peer.accountId })
    expect(session!.value.record.length).toBeLessThan(41 * 20_000)
    await victim.messenger.sendText(peer.accountId, 'an answer')
    await wait(() => peer.count('text') === 1, 'the answer')
  })

  it('of messages that cannot be read: requests to send them again stop', async () => {
    const { victim, peer } = await meetings()
    const other = await scene.peer('nathalie')
    await befriend(other, victim)
    const spoilt = broken(await peer.encryptContent(victim, textContent('unread')))
    for (let n = 0; n < 140; n += 1) {
      await peer.sendMessage(victim, spoilt, { hint: CONTENT_HINT.implicit })
    }
    await stillReads(peer, victim)
    await stillReads(other, victim, 'not in the way')
    await wait(() => peer.count('retry_request') >= 100, 'the requests')
    await expect.poll(() => victim.running.store.count('outbox'), { timeout: 15_000 }).toBe(0)
    await pause(300)
    expect(victim.refusals).toHaveLength(140)
    // A batch is looked at together: a few more than a hundred.
    expect(peer.count('retry_request')).toBeLessThan(120)
    expect(await victim.running.store.count('unreadable')).toBeLessThan(120)
  })

  it('of placeholders: a hundred at most', async () => {
    const { victim, peer } = await meetings()
    for (let n = 0; n < 130; n += 1) await peer.sendMessage(victim, { type: 2, body: randomBytes(80) })
    await stillReads(peer, victim)
    const texts = await textsOf(victim.messenger, peer.accountId)
    expect(texts.filter((text) => text === '<unreadable>')).toHaveLength(100)
  })

  it('of messages far ahead: others are read in the meantime', async () => {
    const { victim, peer } = await meetings()
    const other = await scene.peer('nathalie')
    await befriend(other, victim)
    // Every archived session is tried as well.
    for (let n = 0; n < 4; n += 1) {
      await peer.meet(victim, peer.lastResortBundle(victim))
      await peer.sendText(victim, `session ${n}`)
    }
    // Until the victim's receipt came, each message is a first message, which names its session.
    while ((await peer.encryptContent(victim, textContent('never sent'))).type === 3) await pause(50)
    await skipMessages(asDevice(peer), peer.addressOf(victim), 24_000)
    const spoilt = broken(await peer.encryptContent(victim, textContent('far ahead')))
    for (let n = 0; n < 40; n += 1) await peer.sendMessage(victim, spoilt)
    await stillReads(other, victim, 'an urgent question')
    expect(victim.refusals.length).toBeGreaterThan(0)
    expect(victim.refusals.length).toBeLessThan(30)
    const texts = await textsOf(victim.messenger, peer.accountId)
    expect(texts.filter((text) => text === '<unreadable>')).toHaveLength(40)
  })
})

it('5,000 messages ahead is read, and so are those kept behind it', async () => {
  const { victim, peer } = await meetings()
  const behind = await peer.encryptContent(victim, textContent('just behind'))
  await skipMessages(asDevice(peer), peer.addressOf(victim), 1_500)
  const near = await peer.encryptContent(victim, textContent('near'))
  await peer.sendMessage(victim, near)
  await untilMessage(victim.messenger, peer.accountId, hasText('near'), 'near')
  await peer.sendMessage(victim, behind)
  await untilMessage(victim.messenger, peer.accountId, hasText('just behind'), 'just behind')
  await skipMessages(asDevice(peer), peer.addressOf(victim), 5_000)
  await stillReads(peer, victim, 'far')
  expect(victim.refusals).toEqual([])
})

/** At the very end, so that all the work is done before it is refused. */
function broken({ body }: { body: Uint8Array }) {
  return { type: 2, body: body.map((byte, at) => (at === body.length - 1 ? byte ^ 1 : byte)) } as const
}

/** As `skipMessages` wants it. */
function asDevice(peer: HostilePeer): Parameters<typeof skipMessages>[0] {
  return { stores: peer.stores } as Parameters<typeof skipMessages>[0]
}
