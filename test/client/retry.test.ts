/** Messages that could not be read: their place, the request, the answer to it, and who may not abuse it. */
import { createNativeEngine, type SessionEngine } from '@pli/client/native'
import type { TestDevice } from '@pli/client/testing'
import { expect, it, vi } from 'vitest'
import { useDevices } from './devices.ts'
import { hasText, textsOf, until, untilMessage } from './until.ts'

const devices = useDevices()

async function acquainted(first: TestDevice, second: TestDevice): Promise<void> {
  const [one, two] = [await first.open(), await second.open()]
  await one.openConversation(second.personId)
  await one.sendText(second.accountId, 'hello')
  await untilMessage(two, first.accountId, hasText('hello'), 'hello')
  await two.sendText(first.accountId, 'hello too')
  await untilMessage(one, second.accountId, hasText('hello too'), 'hello too')
}

const relayed = (id: string) => (one: { id: string; outgoing?: { state: string } }) =>
  one.id === id && one.outgoing?.state === 'relayed'

it('says that something is missing until its sender is back, then shows it in its place', async () => {
  const doctor = await devices.make('anne-sophie')
  const nurse = await devices.make('kevin')
  await acquainted(doctor, nurse)
  await nurse.forgetSessions()
  await nurse.close()
  const id = await doctor.messenger.sendText(nurse.accountId, 'unreadable at first')
  await untilMessage(doctor.messenger, nurse.accountId, relayed(id), 'the relay has it')
  await doctor.close()

  const reading = await nurse.open()
  const place = await untilMessage(
    reading,
    doctor.accountId,
    (one) => one.body.kind === 'unreadable' && one.body.sentAgainAskedAtMs !== undefined,
    'its place',
  )
  await reading.sendText(doctor.accountId, 'what did you write?')
  expect(await textsOf(reading, doctor.accountId)).toEqual([
    'hello',
    'hello too',
    '<unreadable>',
    'what did you write?',
  ])
  expect(reading.inbox.get()?.[0]?.unread).toBe(2)

  const writing = await doctor.open()
  const shown = await untilMessage(reading, doctor.accountId, hasText('unreadable at first'), 'the message')
  expect(shown.atMs).toBe(place.atMs)
  expect(await textsOf(reading, doctor.accountId)).toEqual([
    'hello',
    'hello too',
    'unreadable at first',
    'what did you write?',
  ])
  await untilMessage(writing, nurse.accountId, hasText('what did you write?'), 'the question')
  expect(await textsOf(writing, nurse.accountId)).toEqual([
    'hello',
    'hello too',
    'unreadable at first',
    'what did you write?',
  ])
  await until(reading.inbox, ([row]) => row?.unread === 2, 'counted once')
})

it('sends a message again at most three times, however often a peer says it cannot read', async () => {
  const honest = createNativeEngine()
  let attempts = 0
  let blind = false
  // This peer claims not to read anything any more.
  const engine: SessionEngine = {
    ...honest,
    decrypt: async (unsealed, ends) => {
      if (!blind) return honest.decrypt(unsealed, ends)
      // Receipts are sent again as well; it is the letter that is counted.
      if (unsealed.contentHint === 'resendable') attempts += 1
      return { ok: false, reason: 'undecryptable', detail: 'blind' }
    },
  }
  const doctor = await devices.make('anne-sophie')
  const peer = await devices.make('kevin', { engine })
  await acquainted(doctor, peer)
  blind = true
  await doctor.messenger.sendText(peer.accountId, 'read me')
  await until(
    peer.messenger.conversation(doctor.accountId, 50),
    ({ messages }) => messages.filter((one) => one.body.kind === 'unreadable').length === 4,
    'the first and three more',
  )
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  expect(attempts).toBe(4)
  blind = false
  await doctor.messenger.sendText(peer.accountId, 'and now')
  await untilMessage(peer.messenger, doctor.accountId, hasText('and now'), 'the session still works')
})

it('keeps its session when a request names a ratchet that is not the current one', async () => {
  const honest = createNativeEngine()
  let forge = false
  const engine: SessionEngine = {
    ...honest,
    sealRetryRequest: (input) => honest.sealRetryRequest(input),
    decrypt: async (unsealed, ends) =>
      forge ? { ok: false, reason: 'undecryptable', detail: 'forged' } : honest.decrypt(unsealed, ends),
    buildRetryRequest: (failed, receivedAtMs) => {
      // A well-formed request about a ratchet key of nobody's, and about a message that never was.
      const body = honest.buildRetryRequest(failed, receivedAtMs - 77_000)
      return body?.map((byte, at) => (at > 8 && at < 20 ? byte ^ 0x55 : byte))
    },
  }
  const doctor = await devices.make('anne-sophie')
  const peer = await devices.make('kevin', { engine })
  await acquainted(doctor, peer)
  const bundles = vi.spyOn(doctor.relay, 'bundles')
  const received = async () => (await doctor.running.store.get('received', 'self'))?.sequences.length ?? 0
  const before = await received()
  forge = true
  await doctor.messenger.sendText(peer.accountId, 'one')
  await untilMessage(peer.messenger, doctor.accountId, (one) => one.body.kind === 'unreadable', 'forged')
  await expect.poll(received).toBeGreaterThan(before)
  forge = false
  await doctor.messenger.sendText(peer.accountId, 'two')
  await untilMessage(peer.messenger, doctor.accountId, hasText('two'), 'read in the same session')
  expect(bundles).not.toHaveBeenCalled()
})

it('keeps one place for an envelope that comes twice, also when the process ended in between', async () => {
  const doctor = await devices.make('anne-sophie')
  const nurse = await devices.make('kevin')
  await acquainted(doctor, nurse)
  await nurse.forgetSessions()
  await nurse.close()
  const id = await doctor.messenger.sendText(nurse.accountId, 'unreadable')
  await untilMessage(doctor.messenger, nurse.accountId, relayed(id), 'the relay has it')
  await doctor.close()
  await nurse.open({ when: 'after', tables: ['received', 'unreadable'] })
  await nurse.crashed()
  const reading = await nurse.open()
  await until(reading.connection, (one) => one.state === 'online' && one.upToDate, 'up to date')
  expect(await textsOf(reading, doctor.accountId)).toEqual(['hello', 'hello too', '<unreadable>'])
})

it('sends again only to who it was first sent to: not to a device that came in their place', async () => {
  const doctor = await devices.make('anne-sophie')
  const old = await devices.make('kevin')
  await acquainted(doctor, old)
  await old.forgetSessions()
  await old.close()
  const id = await doctor.messenger.sendText(old.accountId, 'for the old device only')
  await untilMessage(doctor.messenger, old.accountId, relayed(id), 'the relay has it')
  await doctor.close()
  await old.open()
  await untilMessage(old.messenger, doctor.accountId, (one) => one.body.kind === 'unreadable', 'its place')
  await expect.poll(() => old.running.store.count('outbox')).toBe(0)
  await old.close()

  const renewed = await devices.make('kevin')
  const reading = await renewed.open()
  const writing = await doctor.open()
  await until(
    writing.conversation(old.accountId, 50),
    (one) => one.identityChanged,
    'the change, found when it would have been sent again',
  )
  await writing.acceptIdentity(old.accountId)
  await writing.sendText(old.accountId, 'for the new one')
  await untilMessage(reading, doctor.accountId, hasText('for the new one'), 'the new message')
  expect(await textsOf(reading, doctor.accountId)).toEqual(['for the new one'])
  expect(await doctor.running.store.count('outbox')).toBe(0)
})
