/**
 * `npm start` itself: ready in time, ready at once the second time, the same state after a restart, a sentence when the
 * port is taken, a clean end on Ctrl-C. Not concerned with what the relay does meanwhile: the journeys are.
 */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Messenger } from '@pli/client'
import { createNodeClient } from '@pli/client/node'
import { answer, type RelayConfig, relayConfig, routes } from '@pli/protocol/wire'
import { freePort, issueOperatorCode } from '../relay-process.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))
const PIN = '482916'
const READY_WITHIN_MS = 30_000
const ENDS_WITHIN_MS = 10_000

type Command = readonly [string, ...string[]]
/** As a person starts it; and as npm does, whose own end tells of the signal, not of the exit code. */
const NPM_START: Command = ['npm', 'start']
const START: Command = [join(repository, 'node_modules/.bin/tsx'), 'scripts/start.ts']

interface Started {
  child: ChildProcess
  output(): string
  readyAfterMs: number
}

interface Place {
  port: number
  dataDir: string
}

function spawnStart({ port, dataDir }: Place, command: Command) {
  // In a group of its own, as a terminal has one: Ctrl-C reaches every process of it.
  const [program, ...options] = command
  const child = spawn(program, options, {
    cwd: repository,
    detached: true,
    env: { ...process.env, PORT: String(port), DATA_DIR: dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const keep = (chunk: Buffer) => {
    output += chunk.toString()
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  return { child, output: () => output }
}

async function start(place: Place, command: Command): Promise<Started> {
  const beganAtMs = performance.now()
  const { child, output } = spawnStart(place, command)
  while (!/Ctrl-C/.test(output())) {
    if (hasEnded(child)) throw new Error(`npm start ended:\n${output()}`)
    if (performance.now() - beganAtMs > READY_WITHIN_MS) {
      signal(child, 'SIGKILL')
      throw new Error(`not ready within ${READY_WITHIN_MS / 1000} s:\n${output()}`)
    }
    await sleep(50)
  }
  return { child, output, readyAfterMs: Math.round(performance.now() - beganAtMs) }
}

/** The exit code; throws when it does not end. */
async function ending(child: ChildProcess): Promise<number | null> {
  const ended = new Promise<number | null>((resolve) => {
    if (hasEnded(child)) resolve(child.exitCode)
    child.once('exit', resolve)
  })
  const late = sleep(ENDS_WITHIN_MS).then(() => {
    signal(child, 'SIGKILL')
    throw new Error(`it did not end within ${ENDS_WITHIN_MS / 1000} s`)
  })
  return Promise.race([ended, late])
}

/** As Ctrl-C does. */
async function stop({ child }: Started): Promise<number | null> {
  signal(child, 'SIGINT')
  return ending(child)
}

function signal(child: ChildProcess, name: NodeJS.Signals): void {
  if (child.pid !== undefined && !hasEnded(child)) process.kill(-child.pid, name)
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}

/** The relay took the device's token: it knows the account. */
async function untilOnline({ connection }: Messenger): Promise<void> {
  const deadlineMs = performance.now() + ENDS_WITHIN_MS
  while (connection.get()?.state !== 'online') {
    assert(performance.now() < deadlineMs, 'who registered before is known after')
    await sleep(50)
  }
}

async function readConfig(url: string): Promise<RelayConfig> {
  const response = await fetch(url + routes.config)
  const config = answer(relayConfig).parse(await response.json())
  assert(config.ok)
  return config.value
}

async function checkAnnouncement(url: string, output: string): Promise<RelayConfig> {
  assert.match(output, new RegExp(`Pli is ready: ${url}\\n`))
  const phoneUrl = `${url}/phone/`
  assert(output.includes(phoneUrl), 'it says where the phone app is')
  for (const address of [`${url}/`, phoneUrl]) {
    const page = await fetch(address)
    assert.equal(page.status, 200)
    assert.match(await page.text(), /<div id="root">/)
  }
  const config = await readConfig(url)
  const people = config.sandbox?.people ?? []
  assert(people.length > 0)
  for (const { displayName } of people)
    assert(output.includes(displayName), 'it says who can be signed in as')
  return config
}

const folder = await mkdtemp(join(tmpdir(), 'pli-start-'))
const place = { port: await freePort(), dataDir: join(folder, 'data') }
const url = `http://localhost:${place.port}`
const running: ChildProcess[] = []
try {
  const first = await start(place, NPM_START)
  running.push(first.child)
  const config = await checkAnnouncement(url, first.output())
  console.log(`first start: ready after ${first.readyAfterMs} ms`)

  const code = await issueOperatorCode({ ...place, logDir: folder }, 'nathalie')
  const client = await createNodeClient({ relayUrl: url, dataDir: join(folder, 'device') })
  const personId = config.sandbox!.people.find(({ slug }) => slug === 'nathalie')!.personId
  const { pendingId } = await client.redeemCode({ personId, code })
  const localId = await client.register({
    pendingId,
    pin: PIN,
    replaceExisting: false,
    deviceName: 'Start',
    language: 'fr',
  })
  await client.close()

  await stop(first)
  assert.match(first.output(), /Stopped\.\s*$/)
  console.log('Ctrl-C: stopped')

  const second = await start(place, START)
  running.push(second.child)
  console.log(`second start: ready after ${second.readyAfterMs} ms`)
  assert(!second.output().includes('Building'), 'a second start builds nothing')
  assert.deepEqual(
    { ...(await readConfig(url)), serverTimeMs: 0 },
    { ...config, serverTimeMs: 0 },
    'the relay is the same',
  )
  const again = await createNodeClient({ relayUrl: url, dataDir: join(folder, 'device') })
  await again.unlock(localId, PIN)
  await untilOnline(again.messenger(localId))
  await again.close()
  console.log('state survives a restart')

  const taken = spawnStart(place, NPM_START)
  running.push(taken.child)
  assert.notEqual(await ending(taken.child), 0)
  assert.match(taken.output(), /PORT=/)
  console.log(`taken port: "${taken.output().trim().split('\n').at(-1)}"`)
  assert.equal(await stop(second), 0)
  console.log('Ctrl-C: exit code 0')

  // Nothing keeps the port once it has ended.
  const free = createServer()
  await new Promise<void>((resolve, reject) =>
    free.once('error', reject).listen(place.port, '127.0.0.1', resolve),
  )
  free.close()
  console.log('npm start keeps its promises')
} catch (error) {
  console.error(error)
  process.exitCode = 1
} finally {
  for (const child of running) signal(child, 'SIGKILL')
  await rm(folder, { recursive: true, force: true })
}
process.exit()
