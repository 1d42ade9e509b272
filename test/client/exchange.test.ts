import { createNativeEngine } from '@pli/client/native'
import { describe, expect, it } from 'vitest'
import { useDevices } from './devices.ts'
import { hasText, textsOf, until, untilMessage } from './until.ts'

const devices = useDevices()

describe.each(['ours', 'native'])('a pharmacist, and a doctor whose engine is %s', (engine) => {
  it('asks, is read, is answered; every state is seen', async () => {
    const pharmacist = await devices.make('nathalie')
    const doctor = await devices.make(
      'anne-sophie',
      engine === 'native' ? { engine: createNativeEngine() } : {},
    )
    const [asking, answering] = [await pharmacist.open(), await doctor.open()]
    await answering.updateSettings({ receipts: true })

    const toDoctor = await asking.openConversation(doctor.personId)
    const question = await asking.sendText(toDoctor, 'Amoxicilline 1 g × 3?', {
      patientTag: 'M.D.',
      answerByMs: Date.now() + 600_000,
    })
    const [row] = await until(answering.inbox, (rows) => rows.some((one) => one.unread === 1), 'the question')
    expect(row).toMatchObject({
      toAnswer: true,
      person: { personId: pharmacist.personId },
      lastMessage: { id: question, patientTag: 'M.D.', body: { text: 'Amoxicilline 1 g × 3?' } },
    })
    await untilMessage(asking, toDoctor, (one) => one.outgoing?.state === 'delivered', 'delivered')
    await answering.markOpened(pharmacist.accountId)
    await untilMessage(asking, toDoctor, (one) => one.outgoing?.state === 'opened', 'opened')
    await answering.sendText(pharmacist.accountId, 'Oui, 7 jours.')
    await untilMessage(asking, toDoctor, hasText('Oui, 7 jours.'), 'the answer')
    const answered = await untilMessage(asking, toDoctor, (one) => one.id === question, 'the question')
    expect(answered.outgoing?.state).toBe('answered')
    expect(Object.keys(answered.times ?? {})).toHaveLength(5)
    expect(answering.inbox.get()?.[0]).toMatchObject({ unread: 0, toAnswer: false })
    expect(await textsOf(answering, pharmacist.accountId)).toEqual(['Amoxicilline 1 g × 3?', 'Oui, 7 jours.'])
  })
})

it('reaches a device that was away, in order, and says when it is there', async () => {
  const nurse = await devices.make('kevin')
  const doctor = await devices.make('anne-sophie')
  const sending = await nurse.open()
  const to = await sending.openConversation(doctor.personId)
  const texts = Array.from({ length: 30 }, (_, n) => `message ${n}`)
  for (const text of texts) await sending.sendText(to, text)
  await untilMessage(
    sending,
    to,
    (one) => hasText('message 29')(one) && one.outgoing?.state === 'relayed',
    'the relay has all',
  )
  const back = await doctor.open()
  await untilMessage(back, nurse.accountId, hasText('message 29'), 'the last message')
  expect(await textsOf(back, nurse.accountId)).toEqual(texts)
  expect(back.inbox.get()?.[0]?.unread).toBe(30)
  await untilMessage(
    sending,
    to,
    (one) => hasText('message 29')(one) && one.outgoing?.state === 'delivered',
    'delivered',
  )
  await until(back.connection, (state) => state.state === 'online' && state.upToDate, 'up to date')
})

it('goes on by itself when the relay was away in the middle', async () => {
  const nurse = await devices.make('kevin')
  const doctor = await devices.make('anne-sophie')
  const [sending, receiving] = [await nurse.open(), await doctor.open()]
  const to = await sending.openConversation(doctor.personId)
  await sending.sendText(to, 'before')
  await untilMessage(receiving, nurse.accountId, hasText('before'), 'the first message')
  const restarted = devices.relay.restart(300)
  await sending.sendText(to, 'meanwhile')
  await receiving.sendText(nurse.accountId, 'also meanwhile')
  await restarted
  await untilMessage(receiving, nurse.accountId, hasText('meanwhile'), 'the message')
  await untilMessage(sending, to, hasText('also meanwhile'), 'the other message')
  expect((await textsOf(receiving, nurse.accountId)).toSorted()).toEqual([
    'also meanwhile',
    'before',
    'meanwhile',
  ])
})

it('writes to several people at once, both ways, without losing or doubling anything', async () => {
  const [a, b, c] = [
    await devices.make('kevin'),
    await devices.make('anne-sophie'),
    await devices.make('nathalie', { engine: createNativeEngine() }),
  ]
  const everyone = [a, b, c]
  for (const one of everyone) await one.open()
  const pairs = everyone.flatMap((from) =>
    everyone.filter((to) => to !== from).map((to) => [from, to] as const),
  )
  await Promise.all(
    pairs.map(async ([from, to]) => {
      const conversation = await from.messenger.openConversation(to.personId)
      for (let n = 0; n < 10; n += 1) await from.messenger.sendText(conversation, `${n} of ${from.personId}`)
    }),
  )
  for (const [from, to] of pairs) {
    await untilMessage(to.messenger, from.accountId, hasText(`9 of ${from.personId}`), 'the last message')
    const texts = await textsOf(to.messenger, from.accountId)
    const theirs = texts.filter((text) => text.endsWith(`of ${from.personId}`))
    expect(theirs).toEqual(Array.from({ length: 10 }, (_, n) => `${n} of ${from.personId}`))
  }
})
