/** The line to the relay: away, back, cut off; and what the device does on it unasked. */
import { expect, it } from 'vitest'
import { useDevices } from './devices.ts'
import { hasText, textsOf, until, untilMessage } from './until.ts'

const devices = useDevices()

it('is usable while the relay is away, and says what it is doing', async () => {
  const nurse = await devices.make('kevin')
  const doctor = await devices.make('anne-sophie')
  const first = await nurse.open()
  const to = await first.openConversation(doctor.personId)
  await nurse.close()
  const restarted = devices.relay.restart(2_500)
  await new Promise((resolve) => setTimeout(resolve, 500))

  const sending = await nurse.open()
  const state = await until(
    sending.connection,
    (one) => one.state === 'connecting' && one.nextTryAtMs !== undefined,
    'that it tries again',
  )
  expect(state.state).toBe('connecting')
  expect(await sending.openConversation(doctor.personId)).toBe(to)
  await expect(sending.openConversation(devices.relay.personId('nathalie'))).rejects.toMatchObject({
    code: 'offline',
  })
  const id = await sending.sendText(to, 'goes by itself')
  await untilMessage(sending, to, (one) => one.id === id && one.outgoing?.state === 'waiting', 'waiting')
  await sending.saveDraft(to, { text: 'half a sent' })
  expect(sending.inbox.get()?.[0]).toMatchObject({ conversationId: to })

  await restarted
  const receiving = await doctor.open()
  await untilMessage(receiving, nurse.accountId, hasText('goes by itself'), 'the message')
  await untilMessage(sending, to, (one) => one.id === id && one.outgoing?.state === 'delivered', 'delivered')
  expect(await sending.draft(to)).toEqual({ text: 'half a sent' })
})

it('says that it was replaced, keeps what it holds, and sends nothing any more', async () => {
  const old = await devices.make('kevin')
  const doctor = await devices.make('anne-sophie')
  const [ending, peer] = [await old.open(), await doctor.open()]
  const to = await ending.openConversation(doctor.personId)
  await ending.sendText(to, 'still here')
  await untilMessage(peer, old.accountId, hasText('still here'), 'the message')
  const renewed = await devices.make('kevin')
  const state = await until(ending.connection, (one) => one.state === 'revoked', 'revoked')
  expect(state).toEqual({ state: 'revoked', reason: 'replaced' })
  const id = await ending.sendText(to, 'too late')
  await untilMessage(ending, to, (one) => one.id === id && one.outgoing?.state === 'waiting', 'waiting')
  expect(await textsOf(ending, to)).toEqual(['still here', 'too late'])
  // Its token is dead for good, after a restart too.
  await old.close()
  await until((await old.open()).connection, (one) => one.state === 'revoked', 'still revoked')
  expect(renewed.accountId).toBe(old.accountId)
})

it('tops up its prekeys when others have used them, and rotates the signed one', async () => {
  const nurse = await devices.make('kevin')
  const doctor = await devices.make('anne-sophie')
  const ask = async () => {
    const token = await nurse.peek(async (store) => (await store.get('ownDevice', 'self'))!.deviceToken)
    return (await nurse.relay.bundles(token, doctor.accountId)).devices[0]!
  }
  const bundles = []
  for (let n = 0; n < 85; n += 1) bundles.push(await ask())
  expect(new Set(bundles.map((bundle) => bundle.preKey?.id)).size).toBe(85)
  doctor.aheadMs = 3 * 24 * 3600_000
  const receiving = await doctor.open()
  await until(receiving.connection, (one) => one.state === 'online', 'online')
  const { deviceToken } = (await doctor.running.store.get('ownDevice', 'self'))!
  await expect
    .poll(() => doctor.relay.keyCounts(deviceToken), { timeout: 10_000 })
    .toEqual({ preKeys: 100, kyberPreKeys: 100 })
  await expect.poll(async () => (await ask()).signedPreKey.id).not.toBe(bundles[0]?.signedPreKey.id)

  const sending = await nurse.open()
  const to = await sending.openConversation(doctor.personId)
  await sending.sendText(to, 'with the new keys')
  await untilMessage(receiving, nurse.accountId, hasText('with the new keys'), 'the message')
})
