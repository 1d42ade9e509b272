/** The whole relay as a process would run it: restarts, a taken port, several at once, what logs and files give away. */

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AccountId, type PersonId, routes } from '@pli/protocol/wire'
import { afterEach, describe, expect, it } from 'vitest'
import { readConfig, startRelay } from './app.ts'
import { SANDBOX_ISSUER_PIN } from './sandbox/iam/open.ts'
import { openEmbeddedStorage } from './storage/embedded/open.ts'
import { Browser } from './testing/browser.ts'
import { HttpRelay } from './testing/http-relay.ts'

const folders: string[] = []
const relays: HttpRelay[] = []
afterEach(async () => {
  for (const relay of relays.splice(0)) await relay.end()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

async function start(...changes: Parameters<typeof HttpRelay.start>): Promise<HttpRelay> {
  const relay = await HttpRelay.start(...changes)
  relays.push(relay)
  return relay
}

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'pli-app-'))
  folders.push(made)
  return made
}

const settings = (changes: Record<string, string>) =>
  readConfig({ PLI_MODE: 'sandbox', LOG_LEVEL: 'silent', SANDBOX_PEOPLE: '100', ...changes })

describe('a restart', () => {
  it('keeps devices, the trust root, the push key and operator codes', async () => {
    const relay = await start()
    const { deviceToken: token } = await relay.device('kevin')
    const { code } = await relay.running.issueOperatorCode('ines')
    const before = await relay.ask('GET', routes.config)
    await relay.down()
    await relay.up()
    const after = await relay.ask('GET', routes.config)
    expect(after.trustRoots).toEqual(before.trustRoots)
    expect(after.vapidPublicKey).toEqual(before.vapidPublicKey)
    expect(await relay.codeOf('GET', routes.account, { token })).toBe('ok')
    const body = { personId: 'demo-ines', code }
    expect(await relay.codeOf('POST', routes.redeemCode, { body })).toBe('ok')
  })

  it('keeps the identity provider’s keys', async () => {
    const relay = await start()
    const keys = async () => (await fetch(`${relay.url}/sandbox/iam/realms/healthcare/jwks`)).json()
    const before = await keys()
    await relay.down()
    await relay.up()
    expect(await keys()).toEqual(before)
  })
})

describe('stopping', () => {
  it('lets an upload that is under way end, with the store still there for it', async () => {
    const relay = await start()
    const { deviceToken } = await relay.device('kevin')
    const content = randomBytes(200_000)
    const headers = { Authorization: `Bearer ${deviceToken}`, 'Tus-Resumable': '1.0.0' }
    const created = await fetch(relay.url + routes.attachments, {
      method: 'POST',
      headers: { ...headers, 'Upload-Length': String(content.length) },
    })
    const path = created.headers.get('location') ?? ''
    const file = join(relay.dataDir, 'attachments', path.split('/').at(-1) ?? '')
    const { hostname, port } = new URL(relay.url)
    const type = { 'Content-Type': 'application/offset+octet-stream', 'Content-Length': content.length }
    const sending = request({
      hostname,
      port,
      path,
      method: 'PATCH',
      headers: { ...headers, ...type, 'Upload-Offset': 0 },
    })
    const answered = once(sending, 'response') as Promise<[IncomingMessage]>
    sending.write(content.subarray(0, 100_000))
    await expect.poll(() => statSync(file).size).toBeGreaterThan(0)
    const stopping = relay.down()
    sending.end(content.subarray(100_000))
    expect((await answered)[0].statusCode).toBe(204)
    await stopping
    await relay.up()
    const back = await fetch(relay.url + path, { headers })
    expect(Buffer.from(await back.arrayBuffer()).equals(content)).toBe(true)
  })
})

describe('starting', () => {
  it('on a taken port is refused with a sentence that says what helps', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => {
      other.listen(0, '127.0.0.1', resolve)
    })
    const { port } = other.address() as AddressInfo
    await expect(startRelay(settings({ PORT: String(port), DATA_DIR: folder() }))).rejects.toThrow(
      `Port ${port} is taken by another program. Stop that one, or choose another port: PORT=${port + 1}.`,
    )
    other.close()
  })

  it('on a data folder in use is refused, and leaves the port free', async () => {
    const relay = await start()
    const config = settings({ PORT: '0', DATA_DIR: relay.dataDir })
    await expect(startRelay(config)).rejects.toThrow('The data folder is in use by another relay')
    expect(await relay.codeOf('GET', routes.config)).toBe('ok')
  })

  it('with a file where the data folder should be is refused with a sentence', async () => {
    const file = join(folder(), 'file')
    writeFileSync(file, '')
    await expect(startRelay(settings({ PORT: '0', DATA_DIR: join(file, 'data') }))).rejects.toThrow(
      'DATA_DIR',
    )
  })

  it('makes several relays that know nothing of each other', async () => {
    const [one, two] = [await start(), await start()]
    const { deviceToken: token } = await one.device('kevin')
    expect(await one.codeOf('GET', routes.account, { token })).toBe('ok')
    expect(await two.codeOf('GET', routes.account, { token })).toBe('unauthenticated')
  })
})

describe('behind a public address', () => {
  it('the whole sign-in stays there, though the relay asks its provider over loopback', async () => {
    const relay = await start({ publicUrl: 'https://pli.example.be' })
    const local = `http://127.0.0.1:${relay.running.port}`
    const query = new URLSearchParams({
      personId: 'demo-kevin',
      challenge: Buffer.alloc(32, 7).toString('base64url'),
      returnTo: '/phone/',
    })
    // What a reverse proxy does: the browser's https address, this process's http port.
    const proxied = (url: string) => url.replace('https://pli.example.be', local)
    const first = await fetch(`${local}${routes.oidcStart}?${query}`, { redirect: 'manual' })
    const authorize = first.headers.get('location') ?? ''
    expect(authorize).toMatch(/^https:\/\/pli\.example\.be\/sandbox\/iam\/realms\/healthcare\/auth\?/)
    const browser = new Browser()
    const page = await browser.get(proxied(authorize))
    expect(page.html).toContain('demo-kevin'.slice(5))
    browser.stopAt = (url) => url.pathname === routes.oidcCallback || url.origin.startsWith('https:')
    let next = await browser.post(page.url.href, { person: 'kevin' })
    for (let hop = 0; hop < 5 && !next.url.hash; hop += 1) {
      expect(next.url.origin).toBe('https://pli.example.be')
      browser.stopAt = (url) => url.origin === 'https://pli.example.be'
      next = await browser.get(proxied(next.url.href))
    }
    expect(next.url.href).toMatch(/^https:\/\/pli\.example\.be\/phone\/#ticket=/)
  })
})

describe('a binding', () => {
  /** What a sign-in as Kévin comes back with, once this account was there before. */
  async function signInAfter(account: { personId: string; subject: string }): Promise<string> {
    const relay = await start()
    await relay.down()
    const store = await openEmbeddedStorage(join(relay.dataDir, 'pli.db'))
    await store.accounts.create({
      accountId: '00000000-0000-4000-8000-000000000001' as AccountId,
      personId: account.personId as PersonId,
      identityKey: new Uint8Array(33),
      proof: { kind: 'oidc', atMs: 0 },
      oidc: { issuer: SANDBOX_ISSUER_PIN, subject: account.subject },
      createdAtMs: 0,
    })
    await store.close()
    await relay.up()
    const query = new URLSearchParams({
      personId: 'demo-kevin',
      challenge: Buffer.alloc(32, 7).toString('base64url'),
      returnTo: '/welcome',
    })
    const browser = new Browser()
    browser.stopAt = (url) => url.pathname === '/welcome'
    const page = await browser.get(`${relay.url}${routes.oidcStart}?${query}`)
    return (await browser.post(page.url.href, { person: 'kevin' })).url.hash
  }

  it('holds: another subject of the provider does not prove a person who was bound before', async () => {
    const hash = await signInAfter({ personId: 'demo-kevin', subject: 'an earlier subject' })
    expect(hash).toBe('#sign-in-error=proof_mismatch')
  })

  it('holds: a subject that is bound to one person proves no second one', async () => {
    const hash = await signInAfter({ personId: 'demo-ines', subject: 'demo-kevin' })
    expect(hash).toBe('#sign-in-error=proof_mismatch')
  })

  it('lets its own subject through', async () => {
    const hash = await signInAfter({ personId: 'demo-kevin', subject: 'demo-kevin' })
    expect(hash).toMatch(/^#ticket=/)
  })
})

describe('the log', () => {
  it('names no person, account, token, address or query, at any level', async () => {
    const lines: string[] = []
    const keep = (fields: object, message: string) => lines.push(JSON.stringify({ ...fields, message }))
    const config = settings({ PORT: '0', DATA_DIR: folder(), SANDBOX_PEOPLE: '600' })
    const running = await startRelay(config, { log: { debug: keep, info: keep, warn: keep, error: keep } })
    const relay = { url: running.url }
    const get = (path: string, token?: string) =>
      fetch(relay.url + path, token === undefined ? {} : { headers: { Authorization: `Bearer ${token}` } })
    const { code } = await running.issueOperatorCode('kevin')
    await get(`${routes.people}?q=lemaire`)
    await get(routes.person('demo-kevin'), 'A'.repeat(43))
    await get(routes.publicAccount('00000000-0000-4000-8000-000000000001'), 'A'.repeat(43))
    const session = await fetch(relay.url + routes.redeemCode, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ personId: 'demo-kevin', code }),
    })
    const { value } = (await session.json()) as { value: { sessionToken: string } }
    await get(routes.account, value.sessionToken)
    await running.close()
    const log = lines.join('\n')
    expect(log).toContain('/v1/directory/people/:personId')
    for (const secret of [
      'kevin',
      'lemaire',
      '0000-',
      'AAAA',
      code,
      value.sessionToken,
      '127.0.0.1',
      'Oulad',
    ]) {
      expect(log.toLowerCase()).not.toContain(secret.toLowerCase())
    }
  })
})

describe('the apps', () => {
  it('are served with their own paths, cached by what their names promise', async () => {
    const dist = folder()
    for (const app of ['web', 'phone']) {
      mkdirSync(join(dist, app, 'assets'), { recursive: true })
      writeFileSync(join(dist, app, 'index.html'), `<title>${app}</title>`)
      writeFileSync(join(dist, app, 'service-worker.js'), '')
      writeFileSync(join(dist, app, 'assets', 'index-Ab3dE6gh.js'), '')
    }
    writeFileSync(join(dist, 'secret.txt'), 'secret')
    const relay = await start({ webDist: join(dist, 'web'), phoneDist: join(dist, 'phone') })
    const get = async (path: string) => {
      const response = await fetch(relay.url + path, { redirect: 'manual', headers: { Accept: 'text/html' } })
      const { status, headers } = response
      return { status, cached: headers.get('cache-control'), body: await response.text(), headers }
    }
    expect(await get('/')).toMatchObject({ status: 200, cached: 'no-cache', body: '<title>web</title>' })
    expect(await get('/conversation/42')).toMatchObject({ status: 200, body: '<title>web</title>' })
    expect((await get('/phone')).headers.get('location')).toBe('/phone/')
    expect(await get('/phone/')).toMatchObject({ status: 200, body: '<title>phone</title>' })
    expect(await get('/phone/welcome')).toMatchObject({ cached: 'no-cache', body: '<title>phone</title>' })
    expect(await get('/phone/service-worker.js')).toMatchObject({ status: 200, cached: 'no-cache' })
    expect((await get('/assets/index-Ab3dE6gh.js')).cached).toContain('immutable')
    expect((await get('/assets/missing-Ab3dE6gh.js')).status).toBe(404)
    expect((await get('/..%2fsecret.txt')).body).not.toContain('secret')
    expect((await get('/v1/whatever')).body).toContain('not_found')
  })
})
