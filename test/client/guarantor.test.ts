/** Somebody who is not in the register, from the request to the end, with the product's own client on both sides. */
import { createNodeClient, type NodeClient } from '@pli/client/node'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startTestRelay, type TestRelay } from './relay.ts'
import { hasText, until, untilMessage } from './until.ts'

let relay: TestRelay
const running: NodeClient[] = []
beforeEach(async () => {
  relay = await startTestRelay()
})
afterEach(async () => {
  for (const client of running.splice(0)) await client.close()
  await relay.close()
})

async function start(): Promise<NodeClient> {
  const client = await createNodeClient({ relayUrl: relay.url })
  running.push(client)
  return client
}

const aurore = {
  ...{ lastName: 'Desplechin', firstName: 'Aurore', profession: 'Interne en pharmacie', place: '1050' },
}

it('asks, is let in on the digits that were spoken, is written to by name, and is cut off', async () => {
  const guarantor = await (await start()).registerWithCode(
    relay.personId('nathalie'),
    await relay.code('nathalie'),
  )
  const applicant = await start()
  expect(await applicant.guaranteeRequest()).toBeUndefined()
  const asked = await applicant.askGuarantor({ ...aurore, guarantorId: relay.personId('nathalie') })
  // A second press is the same request.
  expect(await applicant.askGuarantor({ ...aurore, guarantorId: relay.personId('nathalie') })).toEqual(asked)
  expect((await applicant.guaranteeRequest())?.checkCode).toBe(asked.checkCode)

  const shown = () => guarantor.guarantees.get()?.guarantees ?? []
  await until(
    guarantor.guarantees,
    ({ guarantees: [one] }) => one?.state === 'pending',
    'the request at the guarantor',
  )
  const { guaranteeId, personId } = shown()[0]!
  await expect(applicant.redeemGuarantee()).rejects.toMatchObject({ code: 'ticket_invalid' })
  await guarantor.acceptGuarantee({ guaranteeId, checkCode: asked.checkCode ?? '' })

  expect((await applicant.guaranteeRequest())?.state).toBe('approved')
  const { pendingId, person } = await applicant.redeemGuarantee()
  expect(person.vouched?.by).toBe('guarantor')
  const localId = await applicant.register({
    ...{ pendingId, pin: '123456', replaceExisting: false, deviceName: 'phone', language: 'fr' },
  })
  expect(await applicant.guaranteeRequest()).toBeUndefined()
  const admitted = applicant.messenger(localId)
  await until(admitted.connection, ({ state }) => state === 'online', 'the line')

  // Beside those of the register who bear a name like it.
  const find = async () =>
    (await guarantor.searchPeople({ q: 'desplechin' })).rows.filter(({ vouched }) => vouched !== undefined)
  expect(await find()).toMatchObject([{ personId, accountId: expect.any(String) }])
  const toThem = await guarantor.openConversation(personId)
  await guarantor.sendText(toThem, 'bienvenue')
  const toGuarantor = await admitted.openConversation(relay.personId('nathalie'))
  await untilMessage(admitted, toGuarantor, hasText('bienvenue'), 'the message')

  await until(
    guarantor.guarantees,
    ({ guarantees: [one] }) => one?.state === 'approved',
    'the guarantor’s list',
  )
  await guarantor.revokeGuarantee({ guaranteeId, reason: 'stage terminé' })
  await until(admitted.connection, ({ state }) => state === 'revoked', 'the cut')
  await expect(guarantor.openConversation(personId)).rejects.toMatchObject({ code: 'not_reachable' })
  expect(await find()).toEqual([])
})

it('takes a request back', async () => {
  await relay.device('nathalie')
  const applicant = await start()
  await applicant.askGuarantor({ ...aurore, guarantorId: relay.personId('nathalie') })
  await applicant.forgetGuaranteeRequest()
  expect(await applicant.guaranteeRequest()).toBeUndefined()
  await expect(
    applicant.askGuarantor({ ...aurore, guarantorId: relay.personId('kevin') }),
  ).rejects.toMatchObject({ code: 'not_reachable' })
  expect(await applicant.guaranteeRequest()).toBeUndefined()
})
