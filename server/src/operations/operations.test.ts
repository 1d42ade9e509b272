/** Health, numbers and draining, asked over real HTTP of a whole relay. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { routes } from '@pli/protocol/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { silentLog } from '../log.ts'
import { HttpRelay } from '../testing/http-relay.ts'
import { healthPaths } from './health-routes.ts'
import { createReadiness } from './readiness.ts'

let relay: HttpRelay
beforeAll(async () => {
  relay = await HttpRelay.start({ metrics: { host: '127.0.0.1', port: 0 } })
})
afterAll(() => relay.end())

const metricsUrl = () => `http://127.0.0.1:${relay.running.metricsPort}`
const scrape = async () => (await fetch(`${metricsUrl()}/metrics`)).text()

describe('health', () => {
  it('says that the relay lives and is ready, on its own port and on the numbers’ port', async () => {
    for (const origin of [relay.url, metricsUrl()]) {
      for (const path of [healthPaths.live, healthPaths.ready]) {
        const response = await fetch(origin + path)
        expect([response.status, await response.json()]).toEqual([200, { ok: true }])
      }
    }
  })

  it('names the part that fails or does not answer in time', async () => {
    const never = new Promise<never>(() => {})
    const warned: object[] = []
    const readiness = createReadiness(
      [
        { part: 'store', check: async () => {} },
        { part: 'directory', check: () => Promise.reject(new Error('down')) },
        { part: 'keys', check: () => never },
        { part: 'redis', check: () => never, isNeeded: false },
      ],
      { atMostMs: 50, log: { ...silentLog, warn: (fields) => void warned.push(fields) } },
    )
    await readiness.report()
    expect(await readiness.report()).toEqual({ failing: ['directory', 'keys'], degraded: ['redis'] })
    expect(warned).toEqual([{ parts: ['directory', 'keys', 'redis'] }])
    readiness.drain()
    expect((await readiness.report()).failing).toEqual(['draining', 'directory', 'keys'])
  })

  it('says no while the relay is leaving, though it still answers', async () => {
    const leaving = await HttpRelay.start()
    leaving.running.drain()
    const ready = await fetch(leaving.url + healthPaths.ready)
    expect([ready.status, await ready.json()]).toEqual([503, { ok: false, failing: ['draining'] }])
    expect((await fetch(leaving.url + healthPaths.live)).status).toBe(200)
    expect(await leaving.codeOf('GET', routes.config)).toBe('ok')
    await leaving.end()
  })
})

describe('numbers', () => {
  it('count requests by the route’s pattern, and name nobody', async () => {
    const { accountId, deviceToken } = await relay.device('kevin')
    await relay.codeOf('GET', `/v1/accounts/${accountId}/devices`, { token: deviceToken })
    await relay.codeOf('GET', `/v1/directory/search?q=${encodeURIComponent('lambert namur')}`, {
      token: deviceToken,
    })
    await relay.codeOf('GET', '/v1/nothing/here/kevin')
    const text = await scrape()
    expect(text).toMatch(/pli_http_requests_total\{method="POST",route="\/v1\/devices",status="200"\} 1/)
    expect(text).toContain('route="unrouted"')
    expect(text).toContain('pli_connected_devices 0')
    for (const secret of [accountId, deviceToken, 'kevin', 'lambert', 'namur', '127.0.0.1']) {
      expect(text).not.toContain(secret)
    }
  })

  it('are not published on the port that the world reaches', async () => {
    const response = await fetch(`${relay.url}/metrics`, { headers: { Accept: 'application/json' } })
    expect(await response.text()).not.toContain('pli_')
  })
})

describe('the process', () => {
  it('goes on answering for DRAIN_SECONDS after SIGTERM, then ends with 0', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pli-drain-'))
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', fileURLToPath(new URL('../main.ts', import.meta.url))],
      {
        env: {
          ...process.env,
          ...{ PLI_MODE: 'sandbox', PORT: '0', METRICS_PORT: '0', DATA_DIR: folder, DRAIN_SECONDS: '2' },
          ...{ SANDBOX_PEOPLE: '100', LOG_LEVEL: 'info' },
        },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    let logged = ''
    child.stdout.on('data', (chunk: Buffer) => {
      logged += chunk.toString()
    })
    const port = () => /"port":(\d+)/.exec(logged)?.[1]
    await expect.poll(port, { timeout: 30_000 }).toBeDefined()
    const url = `http://127.0.0.1:${port()}`
    expect((await fetch(url + healthPaths.ready)).status).toBe(200)
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await expect.poll(async () => (await fetch(url + healthPaths.ready)).status).toBe(503)
    expect((await fetch(url + routes.config)).status).toBe(200)
    expect(await ended).toEqual([0, null])
    rmSync(folder, { recursive: true })
  })
})
