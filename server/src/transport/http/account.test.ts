/** Accounts and devices over real HTTP: what each kind of token may do, and what is left after an end. */
import { type OwnAccount, registerDeviceRequest, routes, type SignInSession } from '@pli/protocol/wire'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { HttpRelay } from '../../testing/http-relay.ts'
import { createIdentity, registerRequest } from '../../testing/key-material.ts'

const PASSWORD = 'correct horse battery'
let relay: HttpRelay
beforeAll(async () => {
  relay = await HttpRelay.start()
})
afterAll(() => relay.end())
afterEach(() => {
  vi.useRealTimers()
})

async function deviceWithPassword(person: string, loginName: string) {
  const device = await relay.device(person, { replaceExisting: true })
  const token = device.deviceToken
  await relay.ask('PUT', routes.accountPassword, { token, body: { loginName, password: PASSWORD } })
  return device
}

const signIn = (loginName: string, password: string) =>
  relay.call<SignInSession>('POST', routes.passwordSignIn, { body: { loginName, password } })

describe('before a device', () => {
  it('nobody is reachable: the directory tells no account, and there is none to see', async () => {
    const { sessionToken } = await relay.prove('lieven')
    expect(await relay.codeOf('GET', routes.account, { token: sessionToken })).toBe('not_found')
    const { deviceToken } = await relay.device('nathalie', { replaceExisting: true })
    const lieven = await relay.ask('GET', routes.person('demo-lieven'), { token: deviceToken })
    expect(lieven).not.toHaveProperty('accountId')
  })

  it('a session cannot do what needs a device', async () => {
    const { sessionToken } = await relay.prove('lieven')
    for (const path of [routes.keys, routes.certificate]) {
      expect(await relay.codeOf('GET', path, { token: sessionToken })).toBe('unauthenticated')
    }
  })
})

describe('registering a device', () => {
  it('makes the person reachable, to devices only', async () => {
    const kevin = await relay.device('kevin', { replaceExisting: true })
    const nathalie = await relay.device('nathalie', { replaceExisting: true })
    const path = routes.person('demo-kevin')
    const seen = await relay.ask('GET', path, { token: nathalie.deviceToken })
    expect(seen.accountId).toBe(kevin.accountId)
    expect(await relay.ask('GET', path)).not.toHaveProperty('accountId')
  })

  it('asks before it cuts off the devices there are', async () => {
    const first = await relay.device('ines')
    await expect(relay.device('ines')).rejects.toThrow('device_exists')
    expect(await relay.codeOf('GET', routes.account, { token: first.deviceToken })).toBe('ok')
    const second = await relay.device('ines', { replaceExisting: true })
    expect(second.accountId).toBe(first.accountId)
    expect(await relay.codeOf('GET', routes.account, { token: first.deviceToken })).toBe('unauthenticated')
  })

  it('refuses a prekey that the identity key did not sign, and no account comes of it', async () => {
    const { sessionToken } = await relay.prove('emilie')
    const forged = registerRequest({ signedPreKey: createIdentity().signedPreKey(1) })
    const body = z.encode(registerDeviceRequest, forged)
    expect(await relay.codeOf('POST', routes.devices, { token: sessionToken, body })).toBe('bad_signature')
    expect(await relay.codeOf('GET', routes.account, { token: sessionToken })).toBe('not_found')
  })

  it('is not for another device’s token', async () => {
    const { deviceToken } = await relay.device('kevin', { replaceExisting: true })
    const body = z.encode(registerDeviceRequest, registerRequest())
    expect(await relay.codeOf('POST', routes.devices, { token: deviceToken, body })).toBe('unauthenticated')
  })
})

describe('a revocation token', () => {
  const revoke = (revocationToken: string) =>
    relay.call('POST', routes.revokeDevice, { body: { revocationToken } })

  it('removes its device without any other token, and opens nothing', async () => {
    const lost = await relay.device('kevin', { replaceExisting: true })
    const other = await relay.device('nathalie', { replaceExisting: true })
    const { revocationToken } = lost
    for (const path of [routes.account, routes.keys]) {
      expect(await relay.codeOf('GET', path, { token: revocationToken })).toBe('unauthenticated')
    }
    expect((await revoke(revocationToken)).answer).toEqual({ ok: true, value: {} })
    expect(await relay.codeOf('GET', routes.account, { token: lost.deviceToken })).toBe('unauthenticated')
    expect(await relay.codeOf('GET', routes.account, { token: other.deviceToken })).toBe('ok')
    // Nothing stands in the way of a new device, and nobody is asked about an old one.
    const { account } = await relay.prove('kevin')
    expect(account?.devices).toEqual([])
  })

  it('is answered alike whether it was known, used or never given', async () => {
    const { revocationToken } = await relay.device('kevin', { replaceExisting: true })
    const answers = [
      await revoke(revocationToken),
      await revoke(revocationToken),
      await revoke('A'.repeat(43)),
      await revoke((await relay.device('ines', { replaceExisting: true })).deviceToken),
    ]
    const told = answers.map(({ status, answer }) => [status, answer])
    expect(told).toEqual(told.map(() => [200, { ok: true, value: {} }]))
    expect((await revoke('short')).answer).toEqual({ ok: false, code: 'bad_request' })
  })

  it('cannot be guessed at leisure', async () => {
    const strict = await HttpRelay.start({ rateLimitFactor: 1 })
    try {
      const body = { revocationToken: 'A'.repeat(43) }
      const guess = () => strict.codeOf('POST', routes.revokeDevice, { body })
      const codes = await Promise.all(Array.from({ length: 32 }, guess))
      expect(codes.filter((code) => code === 'rate_limited')).toHaveLength(2)
    } finally {
      await strict.end()
    }
  })
})

describe('a password', () => {
  it('shows the account and removes devices, and does nothing more', async () => {
    const device = await deviceWithPassword('anne-sophie', 'as.lemaire')
    const { answer } = await signIn(' AS.Lemaire ', PASSWORD)
    if (!answer.ok) throw new Error(answer.code)
    expect(answer.value).toMatchObject({ assurance: 'password', account: { loginName: 'as.lemaire' } })
    const token = answer.value.sessionToken
    const account = await relay.ask<OwnAccount>('GET', routes.account, { token })
    expect(account.devices).toHaveLength(1)

    const body = z.encode(registerDeviceRequest, registerRequest({ replaceExisting: true }))
    expect(await relay.codeOf('POST', routes.devices, { token, body })).toBe('proof_required')
    expect(await relay.codeOf('DELETE', routes.account, { token })).toBe('proof_required')
    const other = { loginName: 'mine.now', password: PASSWORD }
    expect(await relay.codeOf('PUT', routes.accountPassword, { token, body: other })).toBe('proof_required')

    expect(await relay.codeOf('DELETE', routes.device(device.deviceId), { token })).toBe('ok')
    expect(await relay.codeOf('GET', routes.account, { token: device.deviceToken })).toBe('unauthenticated')
  })

  it('cannot be set without an account', async () => {
    const { sessionToken } = await relay.prove('lieven')
    const body = { loginName: 'lieven', password: PASSWORD }
    expect(await relay.codeOf('PUT', routes.accountPassword, { token: sessionToken, body })).toBe('not_found')
  })

  it('is refused when short, and its login name when somebody has it', async () => {
    await deviceWithPassword('kevin', 'kevin.o')
    const { deviceToken: token } = await relay.device('nathalie', { replaceExisting: true })
    const put = (loginName: string, password: string) =>
      relay.codeOf('PUT', routes.accountPassword, { token, body: { loginName, password } })
    expect(await put('nathalie', 'elevenchars')).toBe('bad_request')
    expect(await put('no spaces', PASSWORD)).toBe('bad_request')
    expect(await put('Kevin.O', PASSWORD)).toBe('conflict')
    expect(await put('nathalie', PASSWORD)).toBe('ok')
  })

  it('answers an unknown login as it answers a wrong password', async () => {
    await deviceWithPassword('kevin', 'kevin.same')
    const wrong = await signIn('kevin.same', 'not the password')
    const unknown = await signIn('who.is.this', 'not the password')
    expect(wrong.answer).toEqual({ ok: false, code: 'password_invalid' })
    expect(unknown.answer).toEqual(wrong.answer)
    expect(unknown.status).toBe(wrong.status)
  })

  it('is locked after ten wrong ones, the right one too, for a quarter of an hour', async () => {
    await deviceWithPassword('kevin', 'kevin.locked')
    for (let attempt = 0; attempt < 10; attempt += 1) await signIn('kevin.locked', 'not the password')
    const { status, headers, answer } = await signIn('kevin.locked', PASSWORD)
    expect(status).toBe(429)
    expect(answer).toMatchObject({ ok: false, code: 'rate_limited' })
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(800)
    const unknown = async () => (await signIn('nobody.locked', 'not the password')).status
    for (let attempt = 0; attempt < 10; attempt += 1) expect(await unknown()).toBe(401)
    expect(await unknown()).toBe(429)
  })

  it('is not counted against when it is right', async () => {
    await deviceWithPassword('kevin', 'kevin.often')
    for (let round = 0; round < 3; round += 1) {
      for (let attempt = 0; attempt < 6; attempt += 1) await signIn('kevin.often', 'not the password')
      expect((await signIn('kevin.often', PASSWORD)).status).toBe(200)
    }
  })
})

describe('another’s account', () => {
  it('shows person, proof, identity key and devices to a device', async () => {
    const identity = createIdentity()
    const { sessionToken } = await relay.prove('lieven')
    const request = registerRequest({ registrationId: 77, replaceExisting: true }, { identity })
    const body = z.encode(registerDeviceRequest, request)
    const lieven = await relay.ask('POST', routes.devices, { token: sessionToken, body })
    const { deviceToken: token } = await relay.device('kevin', { replaceExisting: true })
    const seen = await relay.ask('GET', routes.publicAccount(String(lieven.accountId)), { token })
    expect(seen).toMatchObject({
      person: { personId: 'demo-lieven' },
      identityKey: Buffer.from(identity.identityKey).toString('base64url'),
      proof: { kind: 'operator_code' },
      devices: [{ deviceId: lieven.deviceId, registrationId: 77 }],
    })
    expect(JSON.stringify(seen)).not.toContain('loginName')
  })

  it('gives bundles and certificates that libsignal accepts, and spends one-time keys', async () => {
    const lieven = await relay.device('lieven', { replaceExisting: true })
    const { deviceToken: token } = await relay.device('kevin', { replaceExisting: true })
    const bundles = await relay.ask('GET', routes.bundles(lieven.accountId), { token })
    expect(bundles).toMatchObject({ accountId: lieven.accountId, devices: [{ deviceId: lieven.deviceId }] })
    const left = await relay.ask('GET', routes.keys, { token: lieven.deviceToken })
    expect(left).toEqual({ preKeys: 1, kyberPreKeys: 1 })
  })

  it('that is not there is not reachable', async () => {
    const { deviceToken: token } = await relay.device('kevin', { replaceExisting: true })
    const nobody = '00000000-0000-4000-8000-000000000000'
    expect(await relay.codeOf('GET', routes.publicAccount(nobody), { token })).toBe('not_reachable')
    expect(await relay.codeOf('GET', routes.bundles(nobody), { token })).toBe('not_reachable')
    expect(await relay.codeOf('GET', routes.bundles('not-an-id'), { token })).toBe('bad_request')
  })
})

describe('the end of an account', () => {
  it('erases everything: token, reachability, login', async () => {
    const device = await deviceWithPassword('emilie', 'emilie.d')
    const token = device.deviceToken
    expect(await relay.codeOf('DELETE', routes.account, { token })).toBe('ok')
    expect(await relay.codeOf('GET', routes.account, { token })).toBe('unauthenticated')
    expect((await signIn('emilie.d', PASSWORD)).answer).toMatchObject({ code: 'password_invalid' })
    const { deviceToken } = await relay.device('kevin', { replaceExisting: true })
    const path = routes.publicAccount(device.accountId)
    expect(await relay.codeOf('GET', path, { token: deviceToken })).toBe('not_reachable')
    const again = await relay.device('emilie')
    expect(again.accountId).not.toBe(device.accountId)
  })
})
