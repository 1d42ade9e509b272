import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readConfig, StartRefusal } from './config.ts'
import { openStorage } from './open-storage.ts'

it('keeps everything in the data folder unless an address of a database is given', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'pli-choice-'))
  const config = readConfig({ PLI_MODE: 'sandbox', DATA_DIR: dataDir, MONGODB_URI: '' })
  await (await openStorage(config)).close()
  expect(await readdir(dataDir)).toContain('pli.db')
  await rm(dataDir, { recursive: true })
})

it('takes no address that is none, and does not repeat it', () => {
  const read = () => readConfig({ PLI_MODE: 'sandbox', MONGODB_URI: 'postgres://relay:a-password@host/' })
  expect(read).toThrow(StartRefusal)
  expect(read).toThrow(/^MONGODB_URI must be an address such as [^ ]+\.$/)
})

it('does not start when no database answers, and says so without the address and its password', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'pli-choice-'))
  // Nobody listens on port 1.
  const mongodbUri = 'mongodb://relay:a-password@127.0.0.1:1/pli'
  const refusal = await openStorage({ dataDir, mongodbUri }).then(
    () => undefined,
    (error: Error) => error,
  )
  expect(refusal).toBeInstanceOf(StartRefusal)
  expect(refusal?.message).toMatch(/^MONGODB_URI names a database that does not answer/)
  expect(refusal?.message).not.toMatch(/a-password|127\.0\.0\.1/)
  expect(await readdir(dataDir)).toEqual([])
  await rm(dataDir, { recursive: true })
})

it.each([
  ['a file that is no database', 'pli.db', 'pli.db in DATA_DIR is damaged, or not the relay’s'],
  ['a file where the folder should be', undefined, 'DATA_DIR names a folder that cannot be made'],
])('says what is wrong with the data folder: %s', async (_what, name, sentence) => {
  const place = await mkdtemp(join(tmpdir(), 'pli-choice-'))
  const dataDir = join(place, 'data')
  if (name !== undefined) await mkdir(dataDir)
  await writeFile(
    name === undefined ? dataDir : join(dataDir, name),
    'what somebody put here, and no database'.repeat(100),
  )
  const opening = openStorage({ dataDir, mongodbUri: undefined })
  await expect(opening).rejects.toBeInstanceOf(StartRefusal)
  await expect(opening).rejects.toThrow(sentence)
  await rm(place, { recursive: true })
})
