/** People who are not in the register: as an applicant, a guarantor, their correspondents and an impostor see it. */
import { randomBytes } from 'node:crypto'
import { type GuaranteeList, type OwnRequest, registerDeviceRequest, routes } from '@pli/protocol/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { HttpRelay } from '../../testing/http-relay.ts'
import { registerRequest } from '../../testing/key-material.ts'
import { TestDevice } from '../../testing/test-device.ts'

let relay: HttpRelay
let token = ''
let guarantor: TestDevice
beforeAll(async () => {
  relay = await HttpRelay.start({ guarantors: { pendingAtMost: 3, activeAtMost: 2 } })
  const registered = await relay.device('nathalie', { registrationId: 4242 })
  token = registered.deviceToken
  guarantor = await new TestDevice(() => relay.url, registered, 4242).connect()
})
afterAll(async () => {
  guarantor.disconnect()
  await relay.end()
})

interface Person {
  personId: string
  lastName: string
  accountId?: string
  roles: { active: boolean; profession: string; specialty: string }[]
  vouched?: { by: string; guarantorName: string; untilMs: number }
}

const drawToken = () => `request.${randomBytes(32).toString('base64url')}`
const form = (lastName: string, changes: object = {}) => ({
  ...{ requestToken: drawToken(), lastName, firstName: 'Aurore', profession: 'Interne en pharmacie' },
  ...{ organisation: 'Hôpital du Parc', place: '1050 Ixelles', guarantorId: 'demo-nathalie' },
  ...changes,
})

async function ask(lastName: string, changes: object = {}) {
  const body = form(lastName, changes)
  const own = await relay.ask<OwnRequest>('POST', routes.guarantees, { body })
  return { ...own, requestToken: body.requestToken, checkCode: own.checkCode ?? '' }
}
const statusOf = (requestToken: string) =>
  relay.ask<OwnRequest>('GET', routes.ownRequest, { token: requestToken })
const decide = (path: (id: string) => string, guaranteeId: string, body: object = {}, as = token) =>
  relay.codeOf('POST', path(guaranteeId), { token: as, body })
const accept = (id: string, checkCode: string, as?: string) =>
  decide(routes.guaranteeAccept, id, { checkCode }, as)
const refuse = (id: string) => decide(routes.guaranteeRefuse, id, { reason: 'Je ne la connais pas' })
const revoke = (id: string) => decide(routes.guaranteeRevoke, id, { reason: 'Stage terminé' })
const list = async () => (await relay.ask<GuaranteeList>('GET', routes.guarantees, { token })).guarantees
const find = async (q: string) =>
  (await relay.ask<{ rows: Person[] }>('GET', `${routes.people}?q=${encodeURIComponent(q)}`, { token })).rows

/** From a yes to a device, as the applicant's app does it. */
async function settle(requestToken: string) {
  const session = await relay.ask<{ sessionToken: string; person: Person }>('POST', routes.redeemGuarantee, {
    body: { requestToken },
  })
  const body = z.encode(registerDeviceRequest, registerRequest())
  const registered = await relay.ask<{ deviceToken: string; accountId: string }>('POST', routes.devices, {
    token: session.sessionToken,
    body,
  })
  return { ...registered, person: session.person }
}

describe('a request', () => {
  it('is told to the guarantor at once, gives the applicant six digits, and lets nobody in', async () => {
    const before = guarantor.happened.length
    const own = await ask('Desplechin')
    await guarantor.until(() => guarantor.happened.slice(before).includes('guarantees'))
    expect(own).toMatchObject({ state: 'pending', checkCode: expect.stringMatching(/^\d{6}$/) })
    expect((await statusOf(own.requestToken)).checkCode).toBe(own.checkCode)
    const [listed] = await list()
    expect(listed).toMatchObject({
      state: 'pending',
      applicant: { lastName: 'Desplechin', profession: 'Interne en pharmacie', place: '1050 Ixelles' },
    })
    expect(JSON.stringify(listed)).not.toContain(own.checkCode)
    const body = { requestToken: own.requestToken }
    expect(await relay.codeOf('POST', routes.redeemGuarantee, { body })).toBe('ticket_invalid')
    expect(await find('Desplechin Aurore')).toEqual([])
    expect(await relay.codeOf('GET', routes.account, { token: own.requestToken })).toBe('unauthenticated')
    expect(await relay.codeOf('DELETE', routes.ownRequest, { token: own.requestToken })).toBe('ok')
    expect(await relay.codeOf('GET', routes.ownRequest, { token: own.requestToken })).toBe('ticket_invalid')
    expect(await list()).toEqual([])
  })

  it('sent again is the same request', async () => {
    const body = form('Twice')
    const first = await relay.ask<OwnRequest>('POST', routes.guarantees, { body })
    const again = await relay.ask<OwnRequest>('POST', routes.guarantees, { body })
    expect(again).toEqual(first)
    expect(await list()).toHaveLength(1)
    await refuse(first.guaranteeId)
  })

  it('is refused where nobody can answer for one, and when it is no line of text', async () => {
    const code = (changes: object) =>
      relay.codeOf('POST', routes.guarantees, { body: form('Nobody', changes) })
    expect(await code({ guarantorId: 'nobody' })).toBe('not_reachable')
    // In the register, but not here.
    expect(await code({ guarantorId: 'demo-kevin' })).toBe('not_reachable')
    for (const changes of [
      { lastName: '' },
      { lastName: '1234' },
      { profession: 'a\u202Eb' },
      { profession: 'x'.repeat(81) },
      { requestToken: 'request.short' },
      { place: 'a\nb' },
    ]) {
      expect(await code(changes)).toBe('bad_request')
    }
  })

  it('is one of few that a guarantor can have, and not again at once after a no', async () => {
    const asked = [await ask('One'), await ask('Two'), await ask('Three')]
    const codeOf = (lastName: string) => relay.codeOf('POST', routes.guarantees, { body: form(lastName) })
    expect(await codeOf('Four')).toBe('guarantor_full')
    for (const { guaranteeId } of asked) expect(await refuse(guaranteeId)).toBe('ok')
    expect(await statusOf(asked[0]!.requestToken)).toMatchObject({
      state: 'refused',
      reason: 'Je ne la connais pas',
    })
    const { status, answer } = await relay.call('POST', routes.guarantees, { body: form('ONÉ') })
    expect([status, answer]).toMatchObject([429, { code: 'rate_limited', retryAfterMs: expect.any(Number) }])
  })
})

describe('the directory', () => {
  it('has admitted people once among the register’s, whatever the size of its pages', async () => {
    const admitted = [await ask('Van Lemaire'), await ask('Van Lemaire')]
    for (const own of admitted) expect(await accept(own.guaranteeId, own.checkCode)).toBe('ok')
    for (const q of ['lemaire', 'van', 'van lemaire aurore']) {
      for (const limit of [1, 7, 13]) {
        const ids: string[] = []
        for (;;) {
          const page = `${routes.people}?q=${encodeURIComponent(q)}&limit=${limit}&offset=${ids.length}`
          const { rows, total } = await relay.ask<{ rows: Person[]; total: number }>('GET', page, { token })
          ids.push(...rows.map(({ personId }) => personId))
          if (rows.length === 0 || ids.length > 60) {
            if (ids.length <= 60) expect([q, limit, ids.length]).toEqual([q, limit, total])
            break
          }
        }
        expect(new Set(ids).size).toBe(ids.length)
        expect(ids.filter((id) => id.startsWith('vouched-'))).toHaveLength(2)
        expect(ids.slice(0, 12).filter((id) => id.startsWith('vouched-'))).toHaveLength(2)
      }
    }
    for (const own of admitted) await revoke(own.guaranteeId)
  })
})

describe('a guarantor', () => {
  it('decides only what they were asked, with the digits, and five wrong ones refuse', async () => {
    const own = await ask('Guessed')
    const wrong = own.checkCode === '000000' ? '111111' : '000000'
    const { deviceToken: other } = await relay.device('ines')
    expect(await accept(own.guaranteeId, own.checkCode, other)).toBe('not_found')
    for (let tries = 0; tries < 5; tries += 1)
      expect(await accept(own.guaranteeId, wrong)).toBe('code_invalid')
    expect(await accept(own.guaranteeId, own.checkCode)).toBe('conflict')
    expect(await statusOf(own.requestToken)).toMatchObject({ state: 'refused' })
  })

  it('lets somebody in, who is found, labelled and written to; and out again at once', async () => {
    const own = await ask('Vanderstichelen')
    const spoken = `${own.checkCode.slice(0, 3)} ${own.checkCode.slice(3)}`
    expect(await accept(own.guaranteeId, spoken)).toBe('ok')
    expect(await refuse(own.guaranteeId)).toBe('conflict')
    const settled = await settle(own.requestToken)
    expect(settled.person.vouched).toMatchObject({
      by: 'guarantor',
      guarantorName: expect.stringMatching(/.+ .+/),
    })
    // The token opened one device and no more.
    expect(
      await relay.codeOf('POST', routes.redeemGuarantee, { body: { requestToken: own.requestToken } }),
    ).toBe('ticket_invalid')

    const [found, ...others] = await find('vanderst auro ixelles')
    expect(others).toEqual([])
    expect(found).toMatchObject({
      accountId: settled.accountId,
      roles: [{ active: true, profession: 'OTHER', specialty: 'Interne en pharmacie' }],
      vouched: { by: 'guarantor' },
    })
    const account = await relay.ask<{ proof: { kind: string } }>(
      'GET',
      routes.publicAccount(settled.accountId),
      { token },
    )
    expect(account.proof.kind).toBe('guarantor')

    const device = await new TestDevice(() => relay.url, { ...settled, deviceId: 1 } as never, 1).connect()
    expect(await revoke(own.guaranteeId)).toBe('ok')
    await device.until(() => device.happened.includes('disconnect'))
    expect(device.happened).toContain('revoked licence_inactive')
    expect(await relay.codeOf('GET', routes.account, { token: settled.deviceToken })).toBe('licence_inactive')
    expect(await find('vanderstichelen')).toEqual([])
    const gone = await relay.ask<Person>('GET', routes.person(found!.personId), { token })
    expect(gone).toMatchObject({ lastName: 'Vanderstichelen', roles: [{ active: false }] })
    expect(gone.accountId).toBeUndefined()
  })

  it('answers for so many and no more, and for nobody as an admitted person', async () => {
    const [first, second, third] = [await ask('Alpha'), await ask('Beta'), await ask('Gamma')]
    for (const own of [first, second]) expect(await accept(own.guaranteeId, own.checkCode)).toBe('ok')
    expect(await accept(third.guaranteeId, third.checkCode)).toBe('guarantor_full')
    expect(await decide(routes.guaranteeRenew, first.guaranteeId)).toBe('conflict')
    const { person } = await settle(first.requestToken)
    const body = form('Chained', { guarantorId: person.personId })
    expect(await relay.codeOf('POST', routes.guarantees, { body })).toBe('not_reachable')
    for (const own of [first, second]) await revoke(own.guaranteeId)
    await refuse(third.guaranteeId)
  })

  it('is nobody without a token', async () => {
    for (const [method, path] of [
      ['GET', routes.guarantees],
      ['POST', routes.guaranteeAccept('0'.repeat(32))],
      ['POST', routes.guaranteeRevoke('0'.repeat(32))],
      ['GET', routes.ownRequest],
    ] as const) {
      expect(await relay.codeOf(method, path, { body: method === 'GET' ? undefined : {} })).toBe(
        'unauthenticated',
      )
    }
  })
})
