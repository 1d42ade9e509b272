/**
 * A licence that is withdrawn and given back, as two messengers notice it: the register, the synchronisation and the relay
 * run as an operator runs them.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { TestDevice } from '@pli/client/testing'
import type { PersonId } from '@pli/protocol/wire'
import { type RunningRelay, readConfig, startRelay } from '@pli/server'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { hasText, until, untilMessage } from './until.ts'

const LOADER = createRequire(import.meta.url).resolve('tsx')
const ROOT = fileURLToPath(new URL('../../', import.meta.url))

let dataDir: string
let register: { url: string; stop(): void }
let relay: RunningRelay
const opened: TestDevice[] = []

function program(path: string, args: string[]) {
  return spawn(process.execPath, ['--import', LOADER, join(ROOT, path), ...args], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: process.env.PATH },
  })
}

async function startRegister() {
  const child = program('directory/src/sandbox-server/main.ts', ['--people', '300', '--port', '0', '--json'])
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  const { url } = JSON.parse(line) as { url: string }
  return { url, stop: () => void child.kill('SIGKILL') }
}

async function synchronise(): Promise<void> {
  const args = ['--source', register.url, '--data-dir', dataDir, '--json']
  const child = program('server/src/directory-sync.ts', args)
  child.stdout.resume()
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error('the register was not taken in')
}

async function happens(changes: object): Promise<void> {
  await fetch(`${register.url}/sandbox/changes`, { method: 'POST', body: JSON.stringify(changes) })
  await synchronise()
}

async function deviceOf(slug: string): Promise<TestDevice> {
  const { code } = await relay.issueOperatorCode(slug)
  const personId = `demo-${slug}` as PersonId
  const device = await TestDevice.register({ relayUrl: relay.url, personId, code })
  opened.push(device)
  return device
}

/** As a person does who looks again now and then: the relay notices the register within a second or two. */
async function opensAgain(device: TestDevice): Promise<void> {
  for (;;) {
    await device.close()
    const { connection } = await device.open()
    const { state } = await until(connection, (one) => one.state !== 'connecting', 'an answer of the relay')
    if (state !== 'revoked') return
  }
}

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'pli-licence-'))
  register = await startRegister()
  await synchronise()
  relay = await startRelay(
    readConfig({
      ...{ PLI_MODE: 'sandbox', DIRECTORY: 'synchronised', PORT: '0', DATA_DIR: dataDir },
      ...{ RATE_LIMIT_FACTOR: '1000', LOG_LEVEL: 'silent' },
    }),
  )
})
afterAll(async () => {
  for (const device of opened) await device.close()
  await relay?.close()
  register?.stop()
  await rm(dataDir, { recursive: true, force: true })
})

it('cuts the line and says why, keeps what is written, and gives all of it back', async () => {
  const pharmacist = await deviceOf('nathalie')
  const nurse = await deviceOf('kevin')
  const [losing, writing] = [await pharmacist.open(), await nurse.open()]
  const to = await writing.openConversation(pharmacist.personId)
  await writing.sendText(to, 'before')
  await untilMessage(losing, nurse.accountId, hasText('before'), 'the first message')

  await happens({ loseLicence: ['demo-nathalie'] })
  const state = await until(losing.connection, (one) => one.state === 'revoked', 'that the line is cut')
  expect(state).toEqual({ state: 'revoked', reason: 'licence_inactive' })
  const held = await losing.sendText(nurse.accountId, 'written meanwhile')
  const refused = await writing.sendText(to, 'too late')
  const failed = await untilMessage(
    writing,
    to,
    (one) => one.id === refused && one.outgoing?.state === 'failed',
    'the refusal',
  )
  expect(failed.outgoing).toMatchObject({ code: 'licence_inactive' })
  await untilMessage(
    losing,
    nurse.accountId,
    (one) => one.id === held && one.outgoing?.state === 'waiting',
    'what waits',
  )

  await happens({ regainLicence: ['demo-nathalie'] })
  await opensAgain(pharmacist)
  await untilMessage(writing, to, hasText('written meanwhile'), 'what was written meanwhile')
})
