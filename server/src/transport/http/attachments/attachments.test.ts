/** Attachments over real HTTP: tus 1.0 as a phone with a bad network uses it, and what is left on the disk. */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { limits, routes } from '@pli/protocol/wire'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { openEmbeddedStorage } from '../../../storage/embedded/open.ts'
import { HttpRelay } from '../../../testing/http-relay.ts'

let relay: HttpRelay
let token: string
beforeAll(async () => {
  relay = await HttpRelay.start()
})
beforeEach(async () => {
  token = (await relay.device('kevin', { replaceExisting: true })).deviceToken
})
afterEach(() => {
  vi.useRealTimers()
})
afterAll(() => relay.end())

const PATCH_TYPE = 'application/offset+octet-stream'

function tus(
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: Uint8Array,
): Promise<Response> {
  return fetch(relay.url + path, {
    method,
    headers: { Authorization: `Bearer ${token}`, 'Tus-Resumable': '1.0.0', ...headers },
    ...(body === undefined ? {} : { body: new Uint8Array(body) }),
  })
}

async function create(bytes: number, headers: Record<string, string> = {}): Promise<string> {
  const response = await tus('POST', routes.attachments, { 'Upload-Length': String(bytes), ...headers })
  expect(response.status).toBe(201)
  return response.headers.get('location') ?? ''
}

const append = (path: string, offset: number, body: Uint8Array) =>
  tus('PATCH', path, { 'Upload-Offset': String(offset), 'Content-Type': PATCH_TYPE }, body)

async function upload(content: Uint8Array): Promise<string> {
  const path = await create(content.length)
  expect((await append(path, 0, content)).status).toBe(204)
  return path
}

async function offsetOf(path: string): Promise<number> {
  return Number((await tus('HEAD', path)).headers.get('upload-offset'))
}

const fileOf = (path: string) => join(relay.dataDir, 'attachments', path.split('/').at(-1) ?? '')

/** As a relay does that has run until now. */
async function rememberRunning(): Promise<void> {
  const storage = await openEmbeddedStorage(join(relay.dataDir, 'pli.db'))
  await storage.installation.set('last-seen', new TextEncoder().encode(String(Date.now())))
  await storage.close()
}

/** Sends part of a PATCH and drops the connection, as a lift does. */
function breakOff(path: string, announced: number, part: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(relay.url)
    const headers = {
      Authorization: `Bearer ${token}`,
      'Tus-Resumable': '1.0.0',
      'Upload-Offset': '0',
      'Content-Type': PATCH_TYPE,
      'Content-Length': announced,
    }
    const sending = request({ hostname, port, path, method: 'PATCH', headers })
    sending.on('error', () => resolve())
    sending.write(part, () => setTimeout(() => sending.destroy(new Error('the lift')), 100))
  })
}

describe('an upload', () => {
  it('comes back byte for byte, to another device too', async () => {
    const content = randomBytes(300_000)
    const path = await upload(content)
    expect(path).toMatch(/^\/v1\/attachments\/[0-9a-f]{32}$/)
    token = (await relay.device('nathalie', { replaceExisting: true })).deviceToken
    const response = await tus('GET', path)
    expect(response.headers.get('content-type')).toBe('application/octet-stream')
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(Buffer.from(await response.arrayBuffer()).equals(content)).toBe(true)
  })

  it('goes on where it broke off, even after a restart of the relay', async () => {
    const content = randomBytes(2_000_000)
    const path = await create(content.length)
    await breakOff(path, content.length, content.subarray(0, 700_000))
    await expect.poll(() => offsetOf(path)).toBeGreaterThan(0)
    await relay.down()
    await relay.up()
    const offset = await offsetOf(path)
    expect(offset).toBeLessThanOrEqual(700_000)
    expect((await tus('GET', path)).status).toBe(404)
    expect((await append(path, offset, content.subarray(offset))).status).toBe(204)
    const back = Buffer.from(await (await tus('GET', path)).arrayBuffer())
    expect(back.equals(content)).toBe(true)
  })

  it('is complete after a crash between its last byte and its record', async () => {
    const content = randomBytes(5_000)
    const path = await create(content.length)
    await writeFile(fileOf(path), content)
    expect(await offsetOf(path)).toBe(content.length)
    expect((await tus('GET', path)).status).toBe(200)
  })

  it('refuses bytes at another offset than the next', async () => {
    const path = await create(1_000)
    const refused = await append(path, 10, randomBytes(10))
    expect([refused.status, await refused.json()]).toEqual([409, { ok: false, code: 'conflict' }])
    expect(await offsetOf(path)).toBe(0)
  })

  it('takes no byte more than was announced', async () => {
    const content = randomBytes(1_000)
    const path = await create(content.length)
    await append(path, 0, Buffer.concat([content, randomBytes(500)]))
    expect((await readFile(fileOf(path)).catch(() => Buffer.alloc(0))).length).toBeLessThanOrEqual(1_000)
    const done = await upload(content)
    expect((await append(done, 1_000, randomBytes(10))).status).toBeGreaterThanOrEqual(400)
    expect(Buffer.from(await (await tus('GET', done)).arrayBuffer()).equals(content)).toBe(true)
  })

  it('is refused above the limit, without a length, or empty', async () => {
    const tooLarge = await tus('POST', routes.attachments, {
      'Upload-Length': String(limits.attachmentBytes + 1),
    })
    expect([tooLarge.status, await tooLarge.json()]).toEqual([413, { ok: false, code: 'too_large' }])
    for (const headers of [
      {},
      { 'Upload-Length': '0' },
      { 'Upload-Length': '-5' },
      { 'Upload-Defer-Length': '1' },
    ]) {
      expect((await tus('POST', routes.attachments, headers as Record<string, string>)).status).toBe(400)
    }
  })

  it('leaves no file name and no account behind', async () => {
    const name = Buffer.from('plaie-de-madame-peeters.jpg').toString('base64')
    const path = await create(10, { 'Upload-Metadata': `filename ${name}` })
    await append(path, 0, randomBytes(10))
    expect((await tus('HEAD', path)).headers.get('upload-metadata')).toBeNull()
    await relay.down()
    const files = await readdir(relay.dataDir, { recursive: true, withFileTypes: true })
    for (const file of files.filter((entry) => entry.isFile())) {
      const bytes = await readFile(join(file.parentPath, file.name))
      expect(bytes.includes('plaie-de-madame')).toBe(false)
      expect(bytes.includes(name)).toBe(false)
    }
    await relay.up()
  })

  it('cannot be deleted by whoever knows its id', async () => {
    const path = await upload(randomBytes(100))
    expect((await tus('DELETE', path)).status).toBe(404)
    expect((await tus('GET', path)).status).toBe(200)
  })
})

describe('a download', () => {
  it('gives the range that is asked for', async () => {
    const content = randomBytes(10_000)
    const path = await upload(content)
    const part = await tus('GET', path, { Range: 'bytes=1000-1999' })
    expect(part.status).toBe(206)
    expect(part.headers.get('content-range')).toBe('bytes 1000-1999/10000')
    expect(Buffer.from(await part.arrayBuffer()).equals(content.subarray(1000, 2000))).toBe(true)
    const rest = await tus('GET', path, { Range: 'bytes=9990-' })
    expect(Buffer.from(await rest.arrayBuffer()).equals(content.subarray(9990))).toBe(true)
  })

  it('gives the rest only of what was begun, and nothing again of what is held', async () => {
    const content = randomBytes(1_000)
    const path = await upload(content)
    const etag = (await tus('GET', path)).headers.get('etag') ?? ''
    const resumed = await tus('GET', path, { Range: 'bytes=500-', 'If-Range': etag })
    expect([resumed.status, (await resumed.arrayBuffer()).byteLength]).toEqual([206, 500])
    const another = await tus('GET', path, { Range: 'bytes=500-', 'If-Range': '"another"' })
    expect([another.status, (await another.arrayBuffer()).byteLength]).toEqual([200, 1_000])
    expect((await tus('GET', path, { 'If-None-Match': etag, 'Cache-Control': 'max-age=0' })).status).toBe(304)
  })

  it('says so when there is nothing in that range', async () => {
    const path = await upload(randomBytes(100))
    const refused = await tus('GET', path, { Range: 'bytes=500-600' })
    expect([refused.status, await refused.json()]).toEqual([416, { ok: false, code: 'bad_request' }])
  })

  it('ends after 37 days, and nothing is left', async () => {
    const path = await upload(randomBytes(100))
    const file = fileOf(path)
    expect(existsSync(file)).toBe(true)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + limits.attachmentLifetimeMs + 1000 })
    expect((await tus('GET', path)).status).toBe(404)
    // What expired is swept when the relay starts, and now and then after; it did run all that time, so no jump.
    await relay.down()
    await rememberRunning()
    await relay.up()
    await expect.poll(() => existsSync(file)).toBe(false)
  })

  it('is kept when the date has only jumped', async () => {
    const path = await upload(randomBytes(100))
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3 * limits.attachmentLifetimeMs })
    await relay.down()
    await relay.up()
    vi.useRealTimers()
    expect((await tus('GET', path)).status).toBe(200)
  })

  it('of a file that lost its bytes is refused, not cut short', async () => {
    const path = await create(1_000)
    await append(path, 0, randomBytes(400))
    await truncate(fileOf(path), 100)
    expect((await tus('GET', path)).status).toBe(404)
  })

  it.each([
    '/v1/attachments/../pli.db',
    '/v1/attachments/..%2Fpli.db',
    '/v1/attachments/..%2f..%2fetc%2fpasswd',
    '/v1/attachments/%2e%2e%2fpli.db',
    '/v1/attachments/..%5cpli.db',
    `/v1/attachments/${'0'.repeat(31)}g`,
    `/v1/attachments/${'0'.repeat(32)}%00`,
    `/v1/attachments/${'A'.repeat(32)}`,
  ])('cannot leave its folder: %s', async (path) => {
    await mkdir(join(relay.dataDir, 'attachments'), { recursive: true })
    const { hostname, port } = new URL(relay.url)
    // Not fetch, which would tidy the path.
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const headers = { Authorization: `Bearer ${token}`, 'Tus-Resumable': '1.0.0' }
      const asking = request({ hostname, port, path, method: 'GET', headers }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
      asking.on('error', reject)
      asking.end()
    })
    expect([400, 404]).toContain(status)
  })
})
