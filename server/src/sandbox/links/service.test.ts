/** The sandbox's service of therapeutic links over real HTTP, with tokens of a real relay: who gets in, and what it says. */
import { createHmac } from 'node:crypto'
import { routes } from '@pli/protocol/wire'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HttpRelay } from '../../testing/http-relay.ts'
import { sandboxPatients } from './patients.ts'
import { type LinksSandbox, startLinksSandbox } from './service.ts'

const [linked, both, excluding, ofHouse] = sandboxPatients.map(({ ssin }) => ssin) as [
  string,
  string,
  string,
  string,
]

type Keys = Awaited<ReturnType<typeof drawKeys>>
async function drawKeys() {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk: JWK = await exportJWK(publicKey)
  return { privateKey, jwk, thumbprint: await calculateJwkThumbprint(jwk) }
}

let service: LinksSandbox
let relay: HttpRelay
let keys: Keys
let blinding: { keyId: string; key: string }
const tokens = new Map<string, string>()

beforeAll(async () => {
  service = await startLinksSandbox({
    port: 0,
    relayUrl: () => relay.url,
    appOrigins: () => ['https://app.pli.test'],
  })
  relay = await HttpRelay.start({ linksServiceUrl: service.url })
  keys = await drawKeys()
  for (const slug of ['nathalie', 'anne-sophie', 'kevin']) {
    const { deviceToken } = await relay.device(slug)
    const body = { keyThumbprint: keys.thumbprint }
    const issued = await relay.ask<{ token: string; serviceUrl: string }>('POST', routes.linksToken, {
      token: deviceToken,
      body,
    })
    expect(issued.serviceUrl).toBe(service.url)
    tokens.set(slug, issued.token)
  }
  blinding = ((await (await fetch(`${service.url}/service`)).json()) as { blinding: typeof blinding })
    .blinding
})
afterAll(async () => {
  await relay.end()
  await service.close()
})

const sha256 = async (text: string) =>
  Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(text))).toString('base64url')

async function prove(
  token: string,
  path: string,
  changes: { by?: Keys; claims?: Record<string, unknown>; typ?: string; method?: string } = {},
): Promise<string> {
  const { by = keys, claims = {}, typ = 'dpop+jwt', method = 'POST' } = changes
  const usual = {
    jti: crypto.randomUUID(),
    htm: method,
    htu: service.url + path,
    iat: Math.floor(Date.now() / 1000),
  }
  return new SignJWT({ ...usual, ath: await sha256(token), ...claims })
    .setProtectedHeader({ alg: 'ES256', typ, jwk: by.jwk })
    .sign(by.privateKey)
}

const patientOf = (ssin: string) => ({
  keyId: blinding.keyId,
  blinded: createHmac('sha256', Buffer.from(blinding.key, 'base64url')).update(ssin).digest('base64url'),
})

async function call(slug: string, path: string, body: unknown, proof?: string, method = 'POST') {
  const token = tokens.get(slug) ?? slug
  const headers = {
    'Content-Type': 'application/json',
    Authorization: `DPoP ${token}`,
    DPoP: proof ?? (await prove(token, path, { method })),
  }
  const response = await fetch(service.url + path, { method, headers, body: JSON.stringify(body) })
  return { status: response.status, body: (await response.json()) as Record<string, never> }
}

const has = async (what: 'links' | 'exclusions', ssin: string, registerId: string) =>
  (await call('nathalie', `/${what}/has`, { patient: patientOf(ssin), professional: { registerId } })).body
    .has

describe('links and exclusions', () => {
  it('are said as they are, and an exclusion beats a link', async () => {
    expect(await has('links', linked, 'demo-anne-sophie')).toBe(true)
    expect(await has('exclusions', linked, 'demo-anne-sophie')).toBe(false)
    expect(await has('links', both, 'demo-anne-sophie')).toBe(false)
    expect(await has('exclusions', both, 'demo-anne-sophie')).toBe(true)
    expect(await has('exclusions', excluding, 'demo-kevin')).toBe(true)
    for (const [who, isThere] of [
      ['demo-emilie', true],
      ['demo-pieter', true],
      ['demo-kevin', false],
    ] as const) {
      expect(await has('exclusions', ofHouse, who)).toBe(isThere)
    }
    expect(await has('links', '40050597145', 'demo-kevin')).toBe(false)
  })

  it('are put, seen and revoked by their holder; there is no changing', async () => {
    const patient = patientOf('40050597145')
    const put = () => call('kevin', '/links', { patient, kind: 'emergency' }, undefined, 'PUT')
    const { status, body } = await put()
    expect(status).toBe(201)
    expect((await put()).body).toEqual({ code: 'link-exists' })
    expect(await has('links', '40050597145', 'demo-kevin')).toBe(true)
    expect((await call('kevin', '/links/get', { patient })).body.links).toHaveLength(1)
    expect((await call('nathalie', '/links/get', { patient })).body.links).toHaveLength(0)
    expect((await call('nathalie', '/links/revoke', { linkId: body.linkId })).status).toBe(404)
    expect((await call('kevin', '/links/revoke', { linkId: body.linkId })).status).toBe(200)
    expect(await has('links', '40050597145', 'demo-kevin')).toBe(false)
    const tooLong = { patient, kind: 'emergency', endsAtMs: Date.now() + 40 * 24 * 3600_000 }
    expect((await call('kevin', '/links', tooLong, undefined, 'PUT')).body).toEqual({ code: 'link-too-long' })
    expect((await call('kevin', '/links', { patient, kind: 'gp' }, undefined, 'PUT')).body).toEqual({
      code: 'link-kind',
    })
  })

  it('change when a patient says so, and a NIHII finds the person as their id does', async () => {
    const order = (path: string) =>
      fetch(`${service.url}/sandbox/${path}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ ssin: '40050597145', excluded: { registerId: 'demo-emilie' } }),
      })
    await order('exclude')
    const question = {
      patient: patientOf('40050597145'),
      professional: { registerId: 'elsewhere', nihii8: '20351885' },
    }
    expect((await call('kevin', '/exclusions/has', question)).body).toEqual({ has: true })
    await order('admit')
    expect((await call('kevin', '/exclusions/has', question)).body).toEqual({ has: false })
  })
})

describe('nobody gets in', () => {
  const path = '/links/has'
  const question = () => ({ patient: patientOf(linked), professional: { registerId: 'demo-kevin' } })
  const statusOf = async (proof: string, token = 'nathalie') =>
    (await call(token, path, question(), proof)).status
  const token = () => tokens.get('nathalie') ?? ''

  it('without the key that the token is bound to: not the relay either, which issued it', async () => {
    expect(await statusOf(await prove(token(), path))).toBe(200)
    expect(await statusOf('')).toBe(401)
    expect(await statusOf(await prove(token(), path, { by: await drawKeys() }))).toBe(401)
    const bearer = await fetch(service.url + path, {
      method: 'POST',
      headers: { Authorization: `Bearer ${token()}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(question()),
    })
    expect(bearer.status).toBe(401)
  })

  it('with a proof that was used, is old, or is for something else', async () => {
    const once = await prove(token(), path)
    expect([await statusOf(once), await statusOf(once)]).toEqual([200, 401])
    const changes: Parameters<typeof prove>[2][] = [
      { claims: { iat: Math.floor(Date.now() / 1000) - 120 } },
      { claims: { iat: Math.floor(Date.now() / 1000) + 120 } },
      { claims: { htm: 'PUT' } },
      { claims: { htu: `${service.url}/exclusions/has` } },
      { claims: { ath: await sha256('another') } },
      { claims: { jti: 'x'.repeat(65) } },
      { typ: 'JWT' },
    ]
    for (const change of changes) expect(await statusOf(await prove(token(), path, change))).toBe(401)
  })

  it('with a token of anybody but the relay, or for another service', async () => {
    const other = await startLinksSandbox({ port: 0, relayUrl: () => relay.url, appOrigins: () => [] })
    try {
      const headers = {
        Authorization: `DPoP ${token()}`,
        DPoP: await prove(token(), path, { claims: { htu: other.url + path } }),
      }
      expect((await fetch(other.url + path, { method: 'POST', headers })).status).toBe(401)
    } finally {
      await other.close()
    }
    const { privateKey, thumbprint } = await drawKeys()
    const forged = await new SignJWT({ cnf: { jkt: keys.thumbprint } })
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: thumbprint })
      .setIssuer(relay.url)
      .setAudience(service.url)
      .setSubject('demo-nathalie')
      .setExpirationTime('5m')
      .sign(privateKey)
    expect(await statusOf(await prove(forged, path), forged)).toBe(401)
  })

  it('with a number in the clear, or a name made with a key of another day', async () => {
    const professional = { registerId: 'demo-kevin' }
    expect((await call('nathalie', path, { patient: { ssin: linked }, professional })).status).toBe(400)
    const old = { ...patientOf(linked), keyId: 'another' }
    expect((await call('nathalie', path, { patient: old, professional })).body).toEqual({
      code: 'key_changed',
    })
  })
})

it('only devices are let in by the relay, and only apps that it was told of by browsers', async () => {
  const { sessionToken } = await relay.prove('kevin')
  const body = { keyThumbprint: keys.thumbprint }
  for (const token of [undefined, sessionToken]) {
    expect(await relay.codeOf('POST', routes.linksToken, { token, body })).toBe('unauthenticated')
  }
  const preflight = (origin: string) =>
    fetch(`${service.url}/links/has`, { method: 'OPTIONS', headers: { Origin: origin } })
  const allowed = (await preflight('https://app.pli.test')).headers
  expect(allowed.get('access-control-allow-headers')).toContain('DPoP')
  expect((await preflight('https://evil.test')).headers.get('access-control-allow-origin')).toBeNull()
  const { headers } = await relay.call('GET', routes.config)
  expect(headers.get('content-security-policy')).toContain(
    `connect-src 'self' ws://localhost:${new URL(relay.url).port} ${service.url};`,
  )
})

it('a relay without such a service gives no tokens and lets apps go nowhere', async () => {
  const plain = await HttpRelay.start()
  try {
    const { deviceToken: token } = await plain.device('kevin')
    expect(
      await plain.codeOf('POST', routes.linksToken, { token, body: { keyThumbprint: keys.thumbprint } }),
    ).toBe('not_found')
    expect((await plain.ask('GET', routes.config)).links).toBeUndefined()
  } finally {
    await plain.end()
  }
})
