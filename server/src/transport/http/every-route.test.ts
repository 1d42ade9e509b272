/** What holds for every route: no token no answer, one shape of answer, headers, limits, nothing told of the inside. */
import { routes } from '@pli/protocol/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HttpRelay } from '../../testing/http-relay.ts'

let relay: HttpRelay
beforeAll(async () => {
  relay = await HttpRelay.start({ appOrigins: ['https://app.pli.test'] })
})
afterAll(() => relay.end())

const someAccount = '00000000-0000-4000-8000-000000000000'
const someAttachment = '0'.repeat(32)
const needToken: [method: string, path: string][] = [
  ['GET', routes.account],
  ['DELETE', routes.account],
  ['PUT', routes.accountPassword],
  ['POST', routes.devices],
  ['DELETE', routes.device(1)],
  ['GET', routes.keys],
  ['PUT', routes.keys],
  ['GET', routes.certificate],
  ['GET', routes.publicAccount(someAccount)],
  ['GET', routes.bundles(someAccount)],
  ['POST', routes.attachments],
  ['PATCH', routes.attachment(someAttachment)],
  ['GET', routes.attachment(someAttachment)],
  ['GET', routes.guarantees],
  ['POST', routes.guaranteeAccept('0'.repeat(32))],
  ['POST', routes.guaranteeRefuse('0'.repeat(32))],
  ['POST', routes.guaranteeRenew('0'.repeat(32))],
  ['POST', routes.guaranteeRevoke('0'.repeat(32))],
  ['PUT', routes.push],
  ['DELETE', routes.push],
  ['POST', routes.pushTest],
  ['POST', routes.linksToken],
]

describe.each(needToken)('%s %s', (method, path) => {
  it('is for nobody without a token, or with a wrong one', async () => {
    const unknown = 'A'.repeat(43)
    for (const token of [undefined, unknown, `session.${unknown}`, 'short', `${unknown}\u00e9`]) {
      const { status, answer } = await relay.call(method, path, token === undefined ? {} : { token })
      expect([status, answer]).toEqual([401, { ok: false, code: 'unauthenticated' }])
    }
  })
})

it('HEAD of an attachment is for nobody without a token', async () => {
  const response = await fetch(relay.url + routes.attachment(someAttachment), { method: 'HEAD' })
  expect(response.status).toBe(401)
})

describe('every answer', () => {
  it('is kept nowhere and may load nothing from elsewhere', async () => {
    const { headers } = await relay.call('GET', routes.config)
    expect(headers.get('cache-control')).toBe('no-store')
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'self'")
    expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'")
    expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'|https:/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('x-powered-by')).toBeNull()
  })

  it('has the contract’s shape where there is no such route, method or JSON', async () => {
    expect((await relay.call('GET', '/v1/nothing')).answer).toEqual({ ok: false, code: 'not_found' })
    expect((await relay.call('PATCH', routes.config)).answer).toEqual({ ok: false, code: 'not_found' })
    const broken = await relay.call('POST', routes.redeemCode, { body: '{"personId": ' })
    expect([broken.status, broken.answer]).toEqual([400, { ok: false, code: 'bad_request' }])
    const huge = await relay.call('POST', routes.redeemCode, { body: JSON.stringify('x'.repeat(600_000)) })
    expect([huge.status, huge.answer]).toEqual([413, { ok: false, code: 'too_large' }])
    const wrongPath = await relay.call('GET', '/v1/directory/people/%ff')
    expect(wrongPath.answer).toEqual({ ok: false, code: 'bad_request' })
  })

  it('is refused to a query that is too long or of the wrong type', async () => {
    expect(await relay.codeOf('GET', `${routes.people}?q=${'x'.repeat(121)}`)).toBe('bad_request')
    expect(await relay.codeOf('GET', `${routes.people}?q=a&q=b`)).toBe('bad_request')
    expect(await relay.codeOf('GET', `${routes.people}?q=lemaire&limit=1000`)).toBe('bad_request')
  })
})

describe('another origin', () => {
  const ask = (origin: string, method = 'GET') =>
    fetch(relay.url + routes.account, {
      method,
      headers: { Origin: origin, 'Access-Control-Request-Method': 'GET' },
    })

  it('may call when the relay was told of it', async () => {
    const preflight = await ask('https://app.pli.test', 'OPTIONS')
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe('https://app.pli.test')
    expect(preflight.headers.get('access-control-allow-headers')).toContain('Authorization')
    expect(preflight.headers.get('access-control-allow-credentials')).toBeNull()
  })

  it('may not otherwise', async () => {
    expect((await ask('https://evil.test', 'OPTIONS')).headers.get('access-control-allow-origin')).toBeNull()
    expect((await ask('https://evil.test')).headers.get('access-control-allow-origin')).toBeNull()
  })
})

describe('limits', () => {
  it('stop one address from guessing codes, and say when to come back', async () => {
    const strict = await HttpRelay.start({ rateLimitFactor: 1 })
    try {
      const guess = () =>
        strict.call('POST', routes.redeemCode, { body: { personId: 'demo-kevin', code: 'AAAA-AAAA-AAAA' } })
      const guesses = await Promise.all(Array.from({ length: 25 }, guess))
      const limited = guesses.filter(({ status }) => status === 429)
      expect(limited).toHaveLength(5)
      expect(limited[0]?.answer).toMatchObject({ ok: false, code: 'rate_limited' })
      expect(Number(limited[0]?.headers.get('retry-after'))).toBeGreaterThan(0)
    } finally {
      await strict.end()
    }
  })
})

describe('the directory', () => {
  it('finds people without a token, and puts who can be written to first for a device', async () => {
    const path = `${routes.people}?q=lemaire`
    const before = await relay.ask<{ rows: { personId: string }[]; total: number }>('GET', path)
    expect(before.total).toBeGreaterThanOrEqual(5)
    expect(JSON.stringify(before)).not.toMatch(/ssin|\b\d{11}\b/i)
    const last = before.rows.at(-1)?.personId ?? ''
    await relay.device(last)
    const { deviceToken: token } = await relay.device('kevin')
    const after = await relay.ask<typeof before>('GET', path, { token })
    expect(after.rows[0]).toMatchObject({ personId: last, accountId: expect.any(String) })
    expect(after.total).toBe(before.total)
    expect(await relay.codeOf('GET', path, { token: 'A'.repeat(43) })).toBe('unauthenticated')
    expect(JSON.stringify(await relay.ask('GET', path))).not.toContain('accountId')
  })

  it('does not know everybody', async () => {
    expect(await relay.codeOf('GET', routes.person('nobody'))).toBe('not_found')
  })
})
