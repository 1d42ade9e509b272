/** `npm run directory:sync` as an operator runs it: a process of its own, a real register, and kills in the middle. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createServer, request, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type SandboxServer, startSandboxServer } from '@pli/directory/sandbox-server'
import { dumpDirectory } from '@pli/directory/store/suite'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openEmbeddedDirectory } from './storage/embedded-directory/open.ts'

const PROGRAM = fileURLToPath(new URL('./directory-sync.ts', import.meta.url))
const LOADER = createRequire(import.meta.url).resolve('tsx')
const PEOPLE = 6_000

let register: SandboxServer
let folder: string
const children = new Set<ChildProcess>()
beforeAll(async () => {
  register = await startSandboxServer({ people: PEOPLE, seed: 1 })
})
afterAll(() => register.close())
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pli-sync-'))
})
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  children.clear()
  await rm(folder, { recursive: true, force: true })
})

interface Run {
  child: ChildProcess
  said(): string
  ended: Promise<{ code: number | null; out: string; said: string }>
}

function start(args: string[], dataDir = join(folder, 'data')): Run {
  const child = spawn(process.execPath, ['--import', LOADER, PROGRAM, '--data-dir', dataDir, ...args], {
    env: { PATH: process.env.PATH },
  })
  children.add(child)
  let [out, said] = ['', '']
  child.stdout.on('data', (data: Buffer) => {
    out += data.toString()
  })
  child.stderr.on('data', (data: Buffer) => {
    said += data.toString()
  })
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, out, said }))
  return { child, said: () => said, ended }
}

const sync = (...args: string[]) => start(['--source', register.url, ...args]).ended

async function syncForReport(...args: string[]) {
  const { code, out, said } = await sync('--json', ...args)
  if (out === '') throw new Error(said)
  return { code, report: JSON.parse(out) as Record<string, unknown>, said }
}

const order = (changes: object) =>
  fetch(`${register.url}/sandbox/changes`, { method: 'POST', body: JSON.stringify(changes) })

async function dump(dataDir = join(folder, 'data')): Promise<string> {
  const store = await openEmbeddedDirectory(dataDir)
  try {
    return await dumpDirectory(store)
  } finally {
    await store.close()
  }
}

/** Lets so many bytes of the snapshot's rows through and then says no more. */
async function stallingProxy(bytes: number): Promise<Server> {
  const proxy = createServer((asked, answer) => {
    const onward = request(`${register.url}${asked.url}`, { headers: asked.headers }, (response) => {
      answer.writeHead(response.statusCode ?? 500, response.headers)
      let left = asked.url?.includes('snapshots/') && !asked.url.includes('latest') ? bytes : Infinity
      response.on('data', (chunk: Buffer) => {
        if (left > 0) answer.write(chunk.subarray(0, left))
        left -= chunk.length
      })
      response.on('end', () => {
        if (left > 0) answer.end()
      })
    })
    onward.end()
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  return proxy
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20))
}

describe('npm run directory:sync', () => {
  it('takes the register in with progress, follows it, and says in JSON what it did', async () => {
    const first = await sync()
    expect(first.code).toBe(0)
    expect(first.said).toContain(`of ${PEOPLE} people`)
    expect(first.out).toMatch(/Taken in\. cobrha, snapshot/)
    expect(first.out).toMatch(new RegExp(`added +${PEOPLE}`))
    await order({ add: 2, move: 3 })
    const { code, report } = await syncForReport()
    expect(code).toBe(0)
    expect(report).toMatchObject({ outcome: 'taken-in', added: 2, changed: 3, fetched: 5 })
    expect((await syncForReport()).report).toMatchObject({ outcome: 'unchanged' })
  })

  it('goes on where it was killed, keeps a second one out meanwhile, and ends with what the register has', async () => {
    const proxy = await stallingProxy(150_000)
    const proxied = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
    try {
      const killed = start(['--source', proxied])
      await until(() => killed.said().includes('staging:'))
      const second = await sync()
      expect(second.code).toBe(1)
      expect(second.said).toContain('sync-running')
      killed.child.kill('SIGKILL')
      await killed.ended
    } finally {
      proxy.close()
      proxy.closeAllConnections()
    }
    const { report } = await syncForReport()
    expect(report).toMatchObject({ outcome: 'taken-in', snapshot: { resumed: true } })
    const other = join(folder, 'fresh')
    // The same key, or every look-up value would differ.
    await mkdir(other)
    await cp(join(folder, 'data', 'ssin-hmac.key'), join(other, 'ssin-hmac.key'))
    await start(['--source', register.url], other).ended
    expect(await dump()).toBe(await dump(other))
  })

  it('refuses a register that lost many people until it is forced, with an exit code of its own', async () => {
    await sync()
    await order({ vanishPercent: 4 })
    const refused = await sync()
    expect(refused.code).toBe(3)
    expect(refused.out).toContain('more than 2 % of the people would vanish; --force')
    expect((await syncForReport('--force')).report).toMatchObject({ outcome: 'taken-in', forced: true })
  })

  it('follows with --watch until it is told to stop', async () => {
    const watching = start(['--source', register.url, '--watch', '--every', '1', '--json'])
    let out = ''
    watching.child.stdout?.on('data', (data: Buffer) => {
      out += data.toString()
    })
    await until(() => out.includes('"snapshot"'))
    await order({ move: 1 })
    await until(() => out.includes('"changed":1'))
    watching.child.kill('SIGTERM')
    expect((await watching.ended).code).toBe(0)
  })

  it('says in a sentence what is wrong with what it was told', async () => {
    const wrong = [
      [[], '--source is missing'],
      [['--source', 'nonsense'], 'must be the address'],
      [['--source', register.url, '--kind', 'else'], '--kind must be'],
      [['--source', register.url, '--every', '0'], '--every must be'],
      [['--source', register.url, '--tls-key', join(folder, 'none')], 'cannot be read'],
      [['--sauce'], 'option that is not known'],
    ] as const
    const runs = wrong.map(([args]) => start([...args]).ended)
    for (const [index, { code, said }] of (await Promise.all(runs)).entries()) {
      expect(said).toContain(wrong[index]?.[1])
      expect(code).toBe(2)
    }
  })
})
