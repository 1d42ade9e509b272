import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { describeStorage } from '../suite.ts'
import * as engine from '../testing/embedded-engine.ts'
import { register, registration, submission } from '../testing/samples.ts'
import { Database } from './database.ts'

describeStorage('embedded storage', engine)

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pli-embedded-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** How often a text occurs in any file of the folder. */
async function occurrences(text: string): Promise<number> {
  const files = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name))))
  return files.reduce((sum, file) => sum + (file.includes(text) ? 1 : 0), 0)
}

it('overwrites an acknowledged envelope instead of leaving its bytes behind', async () => {
  const canary = 'sealed-bytes-that-were-acknowledged'
  const storage = await engine.open(folder)
  const address = await register(storage, registration('p1'))
  await storage.envelopes.submit(submission(address.accountId, { content: Buffer.from(canary) }))
  expect(await occurrences(canary)).toBeGreaterThan(0)
  await storage.envelopes.acknowledge(address, [1])
  await storage.close()
  expect(await occurrences(canary)).toBe(0)
})

it('writes a submission without its idempotency key', async () => {
  const storage = await engine.open(folder)
  const address = await register(storage, registration('p1'))
  await storage.envelopes.submit(submission(address.accountId, { key: 'an-idempotency-key' }))
  await storage.close()
  expect(await occurrences('an-idempotency-key')).toBe(0)
})

it('lets one process have the file, and says so to another', async () => {
  const storage = await engine.open(folder)
  const script = `import(${JSON.stringify(engine.module)})
    .then(({ open }) => open(process.argv[1])).catch((error) => console.log(error.code, error.message))`
  const other = spawnSync(process.execPath, ['--import', 'tsx', '-e', script, folder], { encoding: 'utf8' })
  expect(other.stdout.trim()).toBe('unavailable another relay is using this data folder')
  await storage.close()
  await (await engine.open(folder)).close()
})

it('refuses a file that a newer version wrote', async () => {
  await (await engine.open(folder)).close()
  const database = new Database(join(folder, 'relay.db'))
  database.execute('PRAGMA user_version = 999')
  await database.close()
  await expect(engine.open(folder)).rejects.toMatchObject({ code: 'unavailable', message: /newer version/ })
})

it('answers with unavailable after it was closed, and finishes what was begun', async () => {
  const storage = await engine.open(folder)
  const begun = storage.installation.set('name', new Uint8Array([1]))
  await storage.close()
  await begun
  await expect(storage.installation.get('name')).rejects.toMatchObject({ code: 'unavailable' })
  await expect(storage.installation.delete('name')).rejects.toMatchObject({ code: 'unavailable' })
  const again = await engine.open(folder)
  expect(await again.installation.get('name')).toHaveLength(1)
  await again.close()
})
