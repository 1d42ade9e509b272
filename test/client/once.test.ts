/** Exactly once, by the sender's account and the message's id: whatever a peer sends, and however often. */
import type { MessageId, TextMessage } from '@pli/protocol/content'
import { expect, it } from 'vitest'
import { useDevices } from './devices.ts'
import { hasText, textsOf, untilMessage } from './until.ts'

const devices = useDevices()

function letter(id: MessageId, text: string): TextMessage {
  return { v: 1, id, sentAtMs: Date.now(), kind: 'text', text }
}

async function acquaintedPair() {
  const nurse = await devices.make('kevin')
  const doctor = await devices.make('anne-sophie')
  const [sending, receiving] = [await nurse.open(), await doctor.open()]
  const to = await sending.openConversation(doctor.personId)
  const id = await sending.sendText(to, 'once')
  await untilMessage(receiving, nurse.accountId, hasText('once'), 'the message')
  return { nurse, doctor, sending, receiving, to, id }
}

it('shows a message once that is sent again under the same id', async () => {
  const { nurse, receiving, sending, to, id } = await acquaintedPair()
  await nurse.sendContent(to, letter(id, 'once, with other words'))
  await sending.sendText(to, 'after it')
  await untilMessage(receiving, nurse.accountId, hasText('after it'), 'what follows')
  expect(await textsOf(receiving, nurse.accountId)).toEqual(['once', 'after it'])
})

it('does not bring back what the person deleted', async () => {
  const { nurse, doctor, receiving, sending, to, id } = await acquaintedPair()
  await receiving.deleteForMe(id)
  await doctor.close()
  doctor.aheadMs = 10_000
  const again = await doctor.open()
  await nurse.sendContent(to, letter(id, 'once'))
  await sending.sendText(to, 'after it')
  await untilMessage(again, nurse.accountId, hasText('after it'), 'what follows')
  expect(await textsOf(again, nurse.accountId)).toEqual(['after it'])
})

it('lets nobody write over a message of ours, or of somebody else', async () => {
  const { nurse, doctor, receiving, sending, to, id } = await acquaintedPair()
  const ours = await receiving.sendText(nurse.accountId, 'ours')
  await untilMessage(sending, to, hasText('ours'), 'the answer')
  const pharmacist = await devices.make('nathalie')
  await (await pharmacist.open()).openConversation(doctor.personId)
  await nurse.sendContent(to, letter(ours, 'forged'))
  await pharmacist.sendContent(to, letter(id, 'forged too'))
  await untilMessage(receiving, nurse.accountId, (one) => one.body.kind === 'unreadable', 'the trick')
  await untilMessage(
    receiving,
    pharmacist.accountId,
    (one) => one.body.kind === 'unreadable',
    'the other trick',
  )
  expect(await textsOf(receiving, nurse.accountId)).toEqual(['once', 'ours', '<unreadable>'])
  expect(await textsOf(receiving, pharmacist.accountId)).toEqual(['<unreadable>'])
})
