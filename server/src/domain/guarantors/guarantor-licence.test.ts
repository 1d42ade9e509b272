/** A guarantor who loses the licence: those they answer for are cut off with them, and come back with them. */
import { randomBytes } from 'node:crypto'
import { type OwnRequest, registerDeviceRequest, routes } from '@pli/protocol/wire'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { registerRequest } from '../../testing/key-material.ts'
import { SynchronisedRelay } from '../../testing/synchronised-relay.ts'
import { TestDevice } from '../../testing/test-device.ts'

let running: SynchronisedRelay
let admitted: TestDevice | undefined
beforeAll(async () => {
  running = await SynchronisedRelay.start()
})
afterAll(async () => {
  admitted?.disconnect()
  await running.end()
})

const NATHALIE = 'demo-nathalie'

it('cuts off whom they answer for', async () => {
  const { relay } = running
  const nathalie = await running.connect('nathalie')
  const requestToken = `request.${randomBytes(32).toString('base64url')}`
  const applicant = { lastName: 'Desplechin', firstName: 'Aurore', profession: 'Interne', place: '1050' }
  const body = { ...applicant, requestToken, guarantorId: NATHALIE }
  const { guaranteeId, checkCode } = await relay.ask<OwnRequest>('POST', routes.guarantees, { body })
  const { deviceToken: token } = nathalie.registered
  await relay.ask('POST', routes.guaranteeAccept(guaranteeId), { token, body: { checkCode } })
  const session = await relay.ask<{ sessionToken: string }>('POST', routes.redeemGuarantee, {
    body: { requestToken },
  })
  const registered = await relay.ask('POST', routes.devices, {
    token: session.sessionToken,
    body: z.encode(registerDeviceRequest, registerRequest({ registrationId: 4242 })),
  })
  admitted = await new TestDevice(() => relay.url, registered as never, 4242).connect()
  const device = admitted

  await running.happens({ loseLicence: [NATHALIE] })
  await device.until(() => device.happened.includes('disconnect'))
  expect(device.happened).toContain('revoked licence_inactive')
  const codeOf = () => relay.codeOf('GET', routes.account, { token: device.registered.deviceToken })
  expect(await codeOf()).toBe('licence_inactive')

  await running.happens({ regainLicence: [NATHALIE] })
  await expect.poll(codeOf, { timeout: 20_000, interval: 100 }).toBe('ok')
})
