import { createNativeEngine } from '@pli/client/native'
import type { TestDevice } from '@pli/client/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startTestRelay, type TestRelay } from './relay.ts'
import { hasText, textsOf, until, untilMessage } from './until.ts'

let relay: TestRelay
const opened: TestDevice[] = []
beforeAll(async () => {
  relay = await startTestRelay()
})
afterAll(() => relay.close())
afterEach(async () => {
  for (const device of opened.splice(0)) await device.close()
})

async function device(...args: Parameters<TestRelay['device']>): Promise<TestDevice> {
  const made = await relay.device(args[0], { replaceExisting: true, ...args[1] })
  opened.push(made)
  return made
}

describe.each(['ours', 'native'])('a pharmacist, and a doctor whose engine is %s', (engine) => {
  it('asks, is read, is answered; every state is seen', async () => {
    const pharmacist = await device('nathalie')
    const doctor = await device('anne-sophie', engine === 'native' ? { engine: createNativeEngine() } : {})
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
