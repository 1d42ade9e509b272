import type { PersonId } from '@pli/protocol/wire'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createIdentity, registerRequest } from '../../testing/key-material.ts'
import { TestRelay } from '../../testing/test-relay.ts'

let relay: TestRelay
beforeEach(async () => {
  relay = await TestRelay.start()
})
afterEach(() => relay.destroy())

const oidc = { issuer: 'https://iam.example/realm', subject: 'subject-1' }
const person = (name: string) => ({
  personId: name as PersonId,
  proof: { kind: 'oidc' as const, atMs: 1_000 },
  oidc,
})

it('makes the account with the first device, which its token opens', async () => {
  const { devices, storage } = relay.running
  const request = registerRequest({ name: 'Counter 3' })
  const { accountId, deviceId, deviceToken } = await devices.register(person('ada'), request)
  expect(deviceToken).toMatch(/^[A-Za-z0-9_-]{43}$/)
  expect(await devices.authenticate(deviceToken)).toMatchObject({ accountId, deviceId, registrationId: 4242 })
  expect(await storage.accounts.byId(accountId)).toMatchObject({
    personId: 'ada',
    oidc,
    proof: { atMs: 1_000 },
  })
  const today = new Date(relay.nowMs()).toISOString().slice(0, 10)
  expect(await devices.list(accountId)).toEqual([
    { deviceId, name: 'Counter 3', createdAtMs: expect.any(Number), lastSeenDay: today },
  ])
})

it('notes the day a device was last seen, and nothing finer', async () => {
  const { devices } = relay.running
  const { accountId, deviceToken } = await devices.register(person('ada'), registerRequest())
  relay.clockAheadMs = 48 * 3600_000
  await devices.authenticate(deviceToken)
  const day = new Date(relay.nowMs()).toISOString().slice(0, 10)
  expect((await devices.list(accountId))[0]?.lastSeenDay).toBe(day)
})

it('replaces a device only when asked, with a new identity, the same account and a dead old token', async () => {
  const { devices, keys } = relay.running
  const first = await devices.register(person('ada'), registerRequest())
  await expect(devices.register(person('ada'), registerRequest())).rejects.toMatchObject({
    code: 'device_exists',
  })
  const request = registerRequest({ replaceExisting: true })
  const second = await devices.register(person('ada'), request)
  expect([second.accountId, second.deviceId]).toEqual([first.accountId, 2])
  await expect(devices.authenticate(first.deviceToken)).rejects.toMatchObject({ code: 'unauthenticated' })
  const { identityKey } = await keys.bundles(first.accountId, second.accountId)
  expect(identityKey).toEqual(request.identityKey)
})

it('registers one of two devices that race for a person', async () => {
  const { devices } = relay.running
  const results = await Promise.allSettled(
    [1, 2].map(() => devices.register(person('ada'), registerRequest())),
  )
  expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected'])
})

it('refuses a proof whose subject is pinned to somebody else', async () => {
  const { devices } = relay.running
  await devices.register(person('ada'), registerRequest())
  await expect(devices.register(person('ben'), registerRequest())).rejects.toMatchObject({
    code: 'proof_mismatch',
  })
  const otherSubject = { ...person('ada'), oidc: { ...oidc, subject: 'subject-2' } }
  const request = registerRequest({ replaceExisting: true })
  await expect(devices.register(otherSubject, request)).rejects.toMatchObject({ code: 'proof_mismatch' })
})

it('makes no account for keys that do not verify', async () => {
  const { devices, storage } = relay.running
  const { signedPreKey } = registerRequest()
  const refused = [
    [registerRequest({ signedPreKey }), 'bad_signature'],
    [registerRequest({ identityKey: createIdentity().identityKey }), 'bad_signature'],
    [registerRequest({ identityKey: new Uint8Array(33) }), 'bad_key'],
  ] as const
  for (const [request, code] of refused) {
    await expect(devices.register(person('ada'), request)).rejects.toMatchObject({ code })
  }
  expect(await storage.accounts.byPersonId('ada' as PersonId)).toBeUndefined()
})

it('removes the device whose revocation token it is, no other, and says nothing of what was there', async () => {
  const { devices } = relay.running
  const lost = await devices.register(person('ada'), registerRequest())
  const other = await devices.register(
    { ...person('ben'), oidc: { ...oidc, subject: 'ben' } },
    registerRequest(),
  )
  expect(lost.revocationToken).toMatch(/^[A-Za-z0-9_-]{43}$/)
  expect(lost.revocationToken).not.toBe(lost.deviceToken)
  // Neither token does what the other does.
  await expect(devices.authenticate(lost.revocationToken)).rejects.toMatchObject({ code: 'unauthenticated' })
  await devices.revoke(lost.deviceToken)
  await devices.revoke('A'.repeat(43))
  expect(await devices.authenticate(lost.deviceToken)).toMatchObject({ deviceId: lost.deviceId })
  await devices.revoke(lost.revocationToken)
  await devices.revoke(lost.revocationToken)
  await expect(devices.authenticate(lost.deviceToken)).rejects.toMatchObject({ code: 'unauthenticated' })
  expect(await devices.authenticate(other.deviceToken)).toMatchObject({ accountId: other.accountId })
  // A successor has a token of its own.
  const again = await devices.register(person('ada'), registerRequest())
  await devices.revoke(lost.revocationToken)
  expect(await devices.authenticate(again.deviceToken)).toMatchObject({ accountId: lost.accountId })
})

it('removes a device once, and an account wholly', async () => {
  const { devices, storage } = relay.running
  const { accountId, deviceId, deviceToken } = await devices.register(person('ada'), registerRequest())
  await devices.remove({ accountId, deviceId })
  await expect(devices.remove({ accountId, deviceId })).rejects.toMatchObject({ code: 'not_found' })
  await expect(devices.authenticate(deviceToken)).rejects.toMatchObject({ code: 'unauthenticated' })
  expect(await storage.accounts.byId(accountId)).toBeDefined()
  await devices.deleteAccount(accountId)
  expect(await storage.accounts.byId(accountId)).toBeUndefined()
  const again = await devices.register(person('ada'), registerRequest())
  expect(again.accountId).not.toBe(accountId)
})
