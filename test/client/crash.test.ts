/**
 * A process that ends at any moment: between any two lines, nothing is lost, shown twice or sent twice.
 * The crash is a store that fails at one chosen commit and from then on; the next process opens the same store.
 */
import type { CrashPoint, TestDevice } from '@pli/client/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startTestRelay, type TestRelay } from './relay.ts'
import { hasText, textsOf, untilMessage } from './until.ts'

let relay: TestRelay
let sender: TestDevice
let recipient: TestDevice
// The same two devices throughout: each crash finds what the one before it left.
beforeAll(async () => {
  relay = await startTestRelay()
  sender = await relay.device('nathalie')
  recipient = await relay.device('anne-sophie')
})
afterAll(() => relay.close())
afterEach(async () => {
  await sender.close()
  await recipient.close()
})

const sending: [string, CrashPoint][] = [
  ['before the message is written', { when: 'before', tables: ['messages', 'outbox'] }],
  ['after the message is written', { when: 'after', tables: ['messages', 'outbox'] }],
  ['before the ratchet step is committed', { when: 'before', tables: ['sessions', 'outbox'] }],
  ['after the ratchet step, before submitting', { when: 'after', tables: ['sessions', 'outbox'] }],
  ['after the relay accepted, before that is written', { when: 'before', tables: ['undelivered'] }],
  ['after the relay accepted and that is written', { when: 'after', tables: ['undelivered'] }],
]

describe('the sender ends', () => {
  it.each(sending)('%s', async (name, crashAt) => {
    const texts = [`${name}, first`, `${name}, second`]
    const receiving = await recipient.open()
    const before = await sender.open(crashAt)
    const to = await before.openConversation(recipient.personId)
    const kept = await before.sendText(to, texts[0]!).then(
      () => true,
      () => false,
    )
    await sender.crashed()

    const after = await sender.open()
    // The person who got an error instead of a promise writes it again.
    if (!kept && !(await textsOf(after, to)).includes(texts[0]!)) await after.sendText(to, texts[0]!)
    await after.sendText(to, texts[1]!)
    await untilMessage(receiving, sender.accountId, hasText(texts[1]!), 'the second message')
    await untilMessage(
      after,
      to,
      (one) => hasText(texts[1]!)(one) && one.outgoing?.state === 'delivered',
      'its delivery',
    )
    const shown = await textsOf(receiving, sender.accountId)
    expect(shown.filter((text) => text.startsWith(name))).toEqual(texts)
    const first = await untilMessage(after, to, hasText(texts[0]!), 'the first message')
    expect(first.outgoing?.state).toBe('delivered')
  })
})

const receiving: [string, CrashPoint][] = [
  ['before the message is committed', { when: 'before', tables: ['received', 'messages'] }],
  ['after the commit, before the acknowledgement', { when: 'after', tables: ['received', 'messages'] }],
]

describe('the recipient ends', () => {
  it.each(receiving)('%s', async (name, crashAt) => {
    const texts = [`${name}, first`, `${name}, second`, `${name}, answer`]
    const sent = await sender.open()
    await recipient.open(crashAt)
    const to = await sent.openConversation(recipient.personId)
    await sent.sendText(to, texts[0]!)
    await sent.sendText(to, texts[1]!)
    await recipient.crashed()

    const after = await recipient.open()
    await untilMessage(after, sender.accountId, hasText(texts[1]!), 'the second message')
    await after.sendText(sender.accountId, texts[2]!)
    await untilMessage(sent, to, hasText(texts[2]!), 'the answer')
    const shown = await textsOf(after, sender.accountId)
    expect(shown.filter((text) => text.startsWith(name))).toEqual(texts)
  })
})

describe('what was sealed and never submitted', () => {
  // Receipts of the tests before would be sealed first, and crash first.
  beforeEach(async () => {
    await sender.open()
    const { store } = sender.running
    await expect
      .poll(async () => (await store.count('outbox')) + (await store.count('receiptsPending')))
      .toBe(0)
    await sender.close()
  })

  it.each([
    ['two days later', 48 * 3600_000],
    ['by a clock that is set back', -48 * 3600_000],
  ])('is sealed anew %s, since its certificate would be refused', async (name, aheadMs) => {
    const before = await sender.open({ when: 'after', tables: ['sessions', 'outbox'] })
    const to = await before.openConversation(recipient.personId)
    const id = await before.sendText(to, name)
    await sender.crashed()
    const old = await sender.peek((store) => store.get('outbox', id))
    expect(old?.sealed).toBeDefined()
    sender.aheadMs = aheadMs
    const after = await sender.open()
    await untilMessage(after, to, (one) => one.id === id && one.outgoing?.state === 'relayed', 'relayed')
    const gone = await sender.running.store.get('undelivered', id)
    expect(gone?.idempotencyKey).not.toEqual(old?.sealed?.idempotencyKey)
    const received = await recipient.open()
    await untilMessage(received, sender.accountId, hasText(name), 'the message')
    sender.aheadMs = 0
  })

  it('goes as it is, under the same key, when it waited less', async () => {
    const before = await sender.open({ when: 'after', tables: ['sessions', 'outbox'] })
    const to = await before.openConversation(recipient.personId)
    const id = await before.sendText(to, 'a moment later')
    await sender.crashed()
    const old = await sender.peek((store) => store.get('outbox', id))
    const after = await sender.open()
    await untilMessage(after, to, (one) => one.id === id && one.outgoing?.state === 'relayed', 'relayed')
    const gone = await sender.running.store.get('undelivered', id)
    expect(gone?.idempotencyKey).toEqual(old?.sealed?.idempotencyKey)
  })
})
