/** What a peer, a relay or an accident can do to a conversation, and what the people then see. */
import type { SessionEngine } from '@pli/client/native'
import { createNativeEngine } from '@pli/client/native'
import type { TestDevice } from '@pli/client/testing'
import { expect, it } from 'vitest'
import { useDevices } from './devices.ts'
import { hasText, textsOf, until, untilMessage } from './until.ts'

const devices = useDevices()

/** Both open, one message each way, so that sessions stand. */
async function acquainted(first: TestDevice, second: TestDevice): Promise<void> {
  const [one, two] = [await first.open(), await second.open()]
  await one.openConversation(second.personId)
  await one.sendText(second.accountId, 'hello')
  await untilMessage(two, first.accountId, hasText('hello'), 'hello')
  await two.sendText(first.accountId, 'hello too')
  await untilMessage(one, second.accountId, hasText('hello too'), 'hello too')
}

it('stops before a changed identity key, says so, and goes on once the person decided', async () => {
  const pharmacist = await devices.make('nathalie')
  const old = await devices.make('anne-sophie')
  await acquainted(pharmacist, old)
  await pharmacist.messenger.setVerified(old.accountId, true)
  await old.close()
  const renewed = await devices.make('anne-sophie')
  expect(renewed.accountId).toBe(old.accountId)
  const receiving = await renewed.open()

  const held = await pharmacist.messenger.sendText(old.accountId, 'held')
  const view = await until(
    pharmacist.messenger.conversation(old.accountId, 50),
    (one) => one.identityChanged,
    'the change',
  )
  expect(view.verified).toBe(false)
  const failed = await untilMessage(
    pharmacist.messenger,
    old.accountId,
    (one) => one.id === held && one.outgoing?.state === 'failed',
    'the failure',
  )
  expect(failed.outgoing).toMatchObject({ code: 'identity_changed' })
  expect(view.messages.some((one) => one.body.kind === 'identity_changed')).toBe(true)
  await pharmacist.messenger.sendText(old.accountId, 'held too')
  expect(receiving.inbox.get()).toEqual([])

  const number = await pharmacist.messenger.safetyNumber(old.accountId)
  expect(number.verified).toBe(false)
  await pharmacist.messenger.acceptIdentity(old.accountId)
  await untilMessage(receiving, pharmacist.accountId, hasText('held too'), 'what was held')
  expect(await textsOf(receiving, pharmacist.accountId)).toEqual(['held', 'held too'])
  expect((await receiving.safetyNumber(pharmacist.accountId)).digits).toBe(number.digits)
})

it('shows what a person with a changed key writes, and still sends nothing until they are accepted', async () => {
  const pharmacist = await devices.make('nathalie')
  const old = await devices.make('anne-sophie')
  await acquainted(pharmacist, old)
  await old.close()
  const renewed = await devices.make('anne-sophie')
  const writing = await renewed.open()
  await writing.openConversation(pharmacist.personId)
  await writing.sendText(pharmacist.accountId, 'new telephone')
  await untilMessage(pharmacist.messenger, old.accountId, hasText('new telephone'), 'the message')
  expect(await textsOf(pharmacist.messenger, old.accountId)).toEqual([
    'hello',
    'hello too',
    '<identity_changed>',
    'new telephone',
  ])
  const id = await pharmacist.messenger.sendText(old.accountId, 'is that you?')
  await untilMessage(
    pharmacist.messenger,
    old.accountId,
    (one) => one.id === id && one.outgoing?.state === 'failed',
    'held',
  )
  await pharmacist.messenger.acceptIdentity(old.accountId)
  await untilMessage(writing, pharmacist.accountId, hasText('is that you?'), 'the question')
})

it('refuses the bundle of a changed identity key although the devices seem to be the same', async () => {
  const pharmacist = await devices.make('nathalie')
  const old = await devices.make('anne-sophie')
  await acquainted(pharmacist, old)
  await old.close()
  await devices.make('anne-sophie')
  // No session, and a device list from before: only the bundle tells.
  await pharmacist.forgetSessions()
  const id = await pharmacist.messenger.sendText(old.accountId, 'held')
  const failed = await untilMessage(
    pharmacist.messenger,
    old.accountId,
    (one) => one.id === id && one.outgoing?.state === 'failed',
    'the failure',
  )
  expect(failed.outgoing).toMatchObject({ code: 'identity_changed' })
  expect(await pharmacist.running.store.count('sessions')).toBe(0)
})

it('finds the new device of an unchanged identity by itself', async () => {
  const pharmacist = await devices.make('nathalie')
  const old = await devices.make('anne-sophie')
  await acquainted(pharmacist, old)
  await old.close()
  const renewed = await devices.make('anne-sophie', { keys: old.keys })
  const receiving = await renewed.open()
  const id = await pharmacist.messenger.sendText(old.accountId, 'to the new one')
  await untilMessage(receiving, pharmacist.accountId, hasText('to the new one'), 'the message')
  const sent = await untilMessage(
    pharmacist.messenger,
    old.accountId,
    (one) => one.id === id && one.outgoing?.state === 'delivered',
    'delivered',
  )
  expect(sent.outgoing?.state).toBe('delivered')
  expect(await textsOf(pharmacist.messenger, old.accountId)).not.toContain('<identity_changed>')
})

it.each(['ours', 'native'])(
  'keeps the place of what it cannot read, asks again, and shows it there (sender: %s)',
  async (kind) => {
    const engine = kind === 'native' ? { engine: createNativeEngine() } : {}
    const doctor = await devices.make('anne-sophie', engine)
    const nurse = await devices.make('kevin')
    await acquainted(doctor, nurse)
    // The nurse's disk comes back without its sessions.
    await nurse.forgetSessions()
    const lost = await doctor.messenger.sendText(nurse.accountId, 'lost at first')
    await untilMessage(
      nurse.messenger,
      doctor.accountId,
      (one) => one.id === lost && hasText('lost at first')(one),
      'the message, sent again',
    )
    await doctor.messenger.sendText(nurse.accountId, 'after it')
    await untilMessage(nurse.messenger, doctor.accountId, hasText('after it'), 'the next one')
    expect(await textsOf(nurse.messenger, doctor.accountId)).toEqual([
      'hello',
      'hello too',
      'lost at first',
      'after it',
    ])
    const row = nurse.messenger.inbox.get()?.[0]
    expect(row?.lastMessage?.body).toEqual({ kind: 'text', text: 'after it' })
  },
)

it('drops garbage and tampered envelopes without losing what follows', async () => {
  let spoil = (sealed: Uint8Array): Uint8Array => sealed
  const honest = createNativeEngine()
  const engine: SessionEngine = {
    ...honest,
    seal: async (input) => {
      const sealed = await honest.seal(input)
      return sealed.ok ? { ok: true, value: spoil(sealed.value) } : sealed
    },
  }
  const peer = await devices.make('kevin', { engine })
  const doctor = await devices.make('anne-sophie')
  await acquainted(peer, doctor)
  const spoilers = [
    (sealed: Uint8Array) => crypto.getRandomValues(new Uint8Array(sealed.length)),
    (sealed: Uint8Array) => sealed.map((byte, at) => (at === sealed.length - 30 ? byte ^ 1 : byte)),
    (sealed: Uint8Array) => sealed.subarray(0, 40),
  ]
  for (const one of spoilers) {
    spoil = one
    const id = await peer.messenger.sendText(doctor.accountId, 'spoilt')
    await untilMessage(
      peer.messenger,
      doctor.accountId,
      (message) => message.id === id && message.outgoing?.state === 'relayed',
      'the relay has it',
    )
  }
  spoil = (sealed) => sealed
  await peer.messenger.sendText(doctor.accountId, 'still here')
  await untilMessage(doctor.messenger, peer.accountId, hasText('still here'), 'what follows')
  expect(await textsOf(doctor.messenger, peer.accountId)).toEqual(['hello', 'hello too', 'still here'])
  // All of it was acknowledged: nothing comes back on the next connection.
  await doctor.close()
  const again = await doctor.open()
  await until(again.connection, (state) => state.state === 'online' && state.upToDate, 'up to date')
  expect(await textsOf(again, peer.accountId)).toEqual(['hello', 'hello too', 'still here'])
})

it('reads nothing from a blocked person, and everything they write once they are unblocked', async () => {
  const peer = await devices.make('kevin')
  const doctor = await devices.make('anne-sophie')
  await acquainted(peer, doctor)
  await doctor.messenger.setBlocked(peer.accountId, true)
  await expect(doctor.messenger.sendText(peer.accountId, 'no')).rejects.toMatchObject({ code: 'forbidden' })
  const id = await peer.messenger.sendText(doctor.accountId, 'unheard')
  await untilMessage(
    peer.messenger,
    doctor.accountId,
    (one) => one.id === id && one.outgoing?.state === 'relayed',
    'relayed',
  )
  await until(
    doctor.messenger.connection,
    (state) => state.state === 'online' && state.upToDate,
    'up to date',
  )
  await doctor.messenger.setBlocked(peer.accountId, false)
  await peer.messenger.sendText(doctor.accountId, 'heard')
  await untilMessage(doctor.messenger, peer.accountId, hasText('heard'), 'heard')
  expect(await textsOf(doctor.messenger, peer.accountId)).toEqual(['hello', 'hello too', 'heard'])
})

it('mends a session whose record is damaged: nothing is lost on either side', async () => {
  const nurse = await devices.make('kevin')
  const doctor = await devices.make('anne-sophie')
  await acquainted(nurse, doctor)
  doctor.damageSessions()
  await nurse.messenger.sendText(doctor.accountId, 'into the damage')
  await untilMessage(doctor.messenger, nurse.accountId, hasText('into the damage'), 'the message, sent again')
  nurse.damageSessions()
  await nurse.messenger.sendText(doctor.accountId, 'out of the damage')
  await untilMessage(doctor.messenger, nurse.accountId, hasText('out of the damage'), 'the next message')
})

it('leaves everything with a relay whose trust root is not the pinned one, and says so', async () => {
  const nurse = await devices.make('kevin')
  const doctor = await devices.make('anne-sophie')
  const sending = await nurse.open()
  const to = await sending.openConversation(doctor.personId)
  const id = await sending.sendText(to, 'who vouches for me?')
  await untilMessage(sending, to, (one) => one.id === id && one.outgoing?.state === 'relayed', 'relayed')
  await doctor.pinTrustRoots([nurse.keys.publicKey])
  const distrusting = await doctor.open()
  const state = await until(distrusting.connection, (one) => one.state === 'revoked', 'that it stopped')
  expect(state).toEqual({ state: 'revoked', reason: 'trust_root_changed' })
  expect(distrusting.inbox.get()).toEqual([])
  await doctor.close()
  await doctor.pinTrustRoots((await doctor.relay.config()).trustRoots)
  await untilMessage(await doctor.open(), nurse.accountId, hasText('who vouches for me?'), 'the message')
})
