/** Health, numbers and draining, asked over real HTTP of a whole relay. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type RegisteredDevice, routes } from '@pli/protocol/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readConfig, startRelay } from '../app.ts'
import { silentLog } from '../log.ts'
import { openEmbeddedStorage } from '../storage/embedded/open.ts'
import { parseExposition } from '../testing/exposition.ts'
import { HttpRelay } from '../testing/http-relay.ts'
import { TestDevice } from '../testing/test-device.ts'
import { healthPaths } from './health-routes.ts'
import { createMetrics } from './metrics.ts'
import { startMetricsServer } from './metrics-server.ts'
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

  it('says that the disk has little left, on which the relay goes on all the same', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'pli-room-'))
    const given = { PLI_MODE: 'sandbox', PORT: '0', SANDBOX_PEOPLE: '100', DATA_DIR: dataDir }
    const openStorage = () => openEmbeddedStorage(join(dataDir, 'pli.db'), { freeBytes: () => 1024 })
    const running = await startRelay(readConfig(given), { log: silentLog, openStorage })
    const ready = await fetch(running.url + healthPaths.ready)
    expect([ready.status, await ready.json()]).toEqual([200, { ok: true, degraded: ['disk'] }])
    await running.close()
    rmSync(dataDir, { recursive: true })
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

  it('are what Prometheus can read, and all that the operator’s page speaks of', async () => {
    const families = parseExposition(await scrape())
    const page = readFileSync(new URL('../../../docs/OPERATIONS.md', import.meta.url), 'utf8')
    const named = [...page.matchAll(/`(pli_[a-z0-9_]+)/g)].map(([, name]) => name ?? '')
    expect(named.length).toBeGreaterThan(9)
    expect(named.filter((name) => !families.has(name))).toEqual([])
    expect(() => parseExposition('pli_a 1\n')).toThrow('in the wrong place')
    expect(() => parseExposition('# HELP a b\n# TYPE a gauge\na{person="x} 1\n')).toThrow('not a line')
  })

  it('time what is handed to a device that is there, and not what waited for one that was away', async () => {
    const at = async (slug: string) => {
      const registered: RegisteredDevice = await relay.device(slug, { replaceExisting: true })
      return new TestDevice(() => relay.url, registered, 4242).connect()
    }
    const [ines, nathalie] = [await at('ines'), await at('nathalie')]
    const timed = async () => {
      const family = parseExposition(await scrape()).get('pli_delivery_seconds')
      return family?.samples.find(({ name }) => name === 'pli_delivery_seconds_count')?.value
    }
    await ines.send(nathalie, 'you are here')
    await nathalie.until(() => nathalie.contents.length === 1)
    expect(await timed()).toBe(1)
    nathalie.disconnect()
    await ines.send(nathalie, 'you are away')
    await nathalie.connect()
    await nathalie.until(() => nathalie.contents.length === 2)
    expect(await timed()).toBe(1)
    for (const device of [ines, nathalie]) device.disconnect()
  })

  it('say which part does not answer', async () => {
    const checks = [
      { part: 'store', check: async () => {} },
      { part: 'redis', check: () => Promise.reject(new Error('down')), isNeeded: false },
    ]
    const where = { host: '127.0.0.1', port: 0 }
    const server = await startMetricsServer(
      where,
      createMetrics(() => 0),
      createReadiness(checks),
    )
    const text = await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text()
    const parts = parseExposition(text).get('pli_part_answers')?.samples
    expect(parts?.map(({ labels, value }) => [labels.part, value])).toEqual([
      ['store', 1],
      ['redis', 0],
    ])
    await server.close()
  })

  it('are not published on the port that the world reaches', async () => {
    const response = await fetch(`${relay.url}/metrics`, { headers: { Accept: 'application/json' } })
    expect(await response.text()).not.toContain('pli_')
  })
})

describe('the process', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pli-process-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  /** With what it has logged so far. */
  function startProcess(name: string, flags: string[] = []) {
    const main = fileURLToPath(new URL('../main.ts', import.meta.url))
    const child = spawn(process.execPath, ['--import', 'tsx', ...flags, main], {
      env: {
        ...process.env,
        ...{ PLI_MODE: 'sandbox', PORT: '0', METRICS_PORT: '0', DATA_DIR: join(folder, name) },
        ...{ DRAIN_SECONDS: '2', SANDBOX_PEOPLE: '100', LOG_LEVEL: 'info' },
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        said += chunk.toString()
      })
    }
    return { child, said: () => said }
  }
  const portIn = (said: string) => /"port":(\d+)/.exec(said)?.[1]

  it('goes on answering for DRAIN_SECONDS after SIGTERM, then ends with 0', async () => {
    const { child, said } = startProcess('drain')
    await expect.poll(() => portIn(said()), { timeout: 30_000 }).toBeDefined()
    const url = `http://127.0.0.1:${portIn(said())}`
    expect((await fetch(url + healthPaths.ready)).status).toBe(200)
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await expect.poll(async () => (await fetch(url + healthPaths.ready)).status).toBe(503)
    expect((await fetch(url + routes.config)).status).toBe(200)
    expect(await ended).toEqual([0, null])
  })

  it('says where a fault was that nobody caught, not what it was about, and ends with 1', async () => {
    const fault = "process.on('SIGUSR2', () => { throw new Error('about Nathalie Lambert') })"
    const { child, said } = startProcess('fault', ['--import', `data:text/javascript;base64,${btoa(fault)}`])
    await expect.poll(() => portIn(said()), { timeout: 30_000 }).toBeDefined()
    const ended = once(child, 'exit')
    child.kill('SIGUSR2')
    expect(await ended).toEqual([1, null])
    expect(said()).toContain('a fault that nobody caught')
    expect(said()).not.toContain('Lambert')
    for (const line of said().trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('level')
  })
})
