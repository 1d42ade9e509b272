/** Backing up a relay that is at work, and starting another from the copy: the operator's commands as processes. */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { routes } from '@pli/protocol/wire'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openEmbeddedStorage } from '../../storage/embedded/open.ts'
import { submission } from '../../storage/testing/samples.ts'
import { HttpRelay } from '../../testing/http-relay.ts'

const command = fileURLToPath(new URL('../../operator.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'pli-backup-'))
let relay: HttpRelay
beforeAll(async () => {
  relay = await HttpRelay.start()
})
afterAll(async () => {
  await relay.end()
  rmSync(folder, { recursive: true })
})

function operator(args: string[], dataDir: string): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, DATA_DIR: dataDir }
    execFile(process.execPath, ['--import', 'tsx', command, ...args], { env }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, err })
    })
  })
}

const attachment = randomBytes(70_000)

async function upload(token: string): Promise<string> {
  const headers = { Authorization: `Bearer ${token}`, 'Tus-Resumable': '1.0.0' }
  const created = await fetch(relay.url + routes.attachments, {
    method: 'POST',
    headers: { ...headers, 'Upload-Length': String(attachment.length) },
  })
  const path = created.headers.get('location') ?? ''
  const type = { 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': '0' }
  await fetch(relay.url + path, { method: 'PATCH', headers: { ...headers, ...type }, body: attachment })
  return path
}

it('gives another relay the state of that moment, with nothing in it that must not happen twice', async () => {
  const { accountId, deviceToken: token } = await relay.device('kevin')
  const path = await upload(token)
  const { code } = await relay.running.issueOperatorCode('ines')
  const prekeysBefore = await relay.ask('GET', routes.keys, { token })
  expect(Object.values(prekeysBefore)).not.toContain(0)

  // The relay is kept busy meanwhile: the copy must be of one moment, not of several.
  let busy = true
  const work = (async () => {
    while (busy) await relay.running.issueOperatorCode('nathalie')
  })()
  const out = join(folder, 'backup')
  const taken = await operator(['backup', '--out', out], relay.dataDir)
  busy = false
  await work
  expect(taken).toMatchObject({ code: 0 })
  expect(taken.out).toContain('1 attachments')
  expect(readdirSync(out).sort()).toEqual(['attachments', 'manifest.json', 'pli.db'])

  const restoredTo = join(folder, 'restored')
  const restored = await operator(['restore', '--from', out], restoredTo)
  expect(restored).toMatchObject({ code: 0 })

  const storage = await openEmbeddedStorage(join(restoredTo, 'pli.db'))
  const address = { accountId, deviceId: 1 as never }
  const device = await storage.devices.byAddress(address)
  const registrationId = device?.registrationId ?? 0
  const envelope = { ...submission(accountId, { key: 'first after the restoration' }) }
  await storage.envelopes.submit({
    ...envelope,
    envelopes: [{ deviceId: 1 as never, registrationId, content: new Uint8Array(10) }],
  })
  expect(await storage.envelopes.lastWaiting(address)).toBeGreaterThan(1_000_000)
  await storage.close()

  const second = await HttpRelay.start({ dataDir: restoredTo })
  expect(await second.codeOf('GET', routes.account, { token })).toBe('ok')
  const back = await fetch(second.url + path, { headers: { Authorization: `Bearer ${token}` } })
  expect(Buffer.from(await back.arrayBuffer()).equals(attachment)).toBe(true)
  expect(await second.ask('GET', routes.keys, { token })).toEqual({ preKeys: 0, kyberPreKeys: 0 })
  const body = { personId: 'demo-ines', code }
  expect(await second.codeOf('POST', routes.redeemCode, { body })).toBe('code_invalid')
  expect(await relay.codeOf('POST', routes.redeemCode, { body })).toBe('ok')
  await second.end()
})

it('is refused in a sentence: nobody runs, the folder is there, the data folder is in use', async () => {
  const empty = join(folder, 'empty')
  mkdirSync(empty)
  const nobody = await operator(['backup', '--out', join(folder, 'never')], empty)
  expect(nobody).toMatchObject({ code: 1 })
  expect(nobody.err).toContain('No relay is running')
  expect(existsSync(join(folder, 'never'))).toBe(false)

  const there = await operator(['backup', '--out', empty], relay.dataDir)
  expect(there.err).toContain('exists already')

  const out = join(folder, 'second')
  expect(await operator(['backup', '--out', out], relay.dataDir)).toMatchObject({ code: 0 })
  const used = await operator(['restore', '--from', out], relay.dataDir)
  expect(used).toMatchObject({ code: 1 })
  expect(used.err).toContain('not empty')
})

it('that was damaged or never finished restores nothing', async () => {
  const out = join(folder, 'damaged')
  expect(await operator(['backup', '--out', out], relay.dataDir)).toMatchObject({ code: 0 })
  appendFileSync(join(out, 'pli.db'), 'x')
  const target = join(folder, 'target')
  const damaged = await operator(['restore', '--from', out], target)
  expect(damaged).toMatchObject({ code: 1 })
  expect(damaged.err).toContain('pli.db')
  expect(existsSync(target)).toBe(false)
  rmSync(join(out, 'manifest.json'))
  expect((await operator(['restore', '--from', out], target)).err).toContain('never finished')
  writeFileSync(
    join(out, 'manifest.json'),
    JSON.stringify({
      format: 1,
      madeAt: new Date().toISOString(),
      files: [{ path: '../escape', bytes: 1, sha256: 'a'.repeat(64) }],
    }),
  )
  expect((await operator(['restore', '--from', out], target)).err).toContain('cannot be read')
})
