import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Person } from '@pli/directory'
import { generateSandbox } from '@pli/directory/sandbox'
import type { DirectoryStore } from '@pli/directory/store'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { silentLog } from '../log.ts'
import { openEmbeddedDirectory } from '../storage/embedded-directory/open.ts'
import { openRemoteDirectory, type RemoteDirectory } from './remote-directory.ts'
import { createStoredDirectory } from './stored-directory.ts'

const LONG_MS = 60_000
const page = { limit: 20, offset: 0 }
const everybody = generateSandbox({ seed: 1, people: 60 }).people

let folder: string
let store: DirectoryStore
let remote: RemoteDirectory

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pli-following-'))
  store = await openEmbeddedDirectory(folder)
})

afterEach(async () => {
  await remote.close()
  await store.close()
  await rm(folder, { recursive: true, force: true })
})

function open() {
  remote = openRemoteDirectory({
    source: { kind: 'store', dataDir: folder },
    currentVersion: () => store.current(),
    log: silentLog,
    timings: { answerWithinMs: LONG_MS, checkEveryMs: 20, reloadAtMostEveryMs: 0, loadingIsOneIn: 0 },
  })
  return createStoredDirectory(remote, store)
}

async function takeIn(people: readonly Person[], sourceVersion: string) {
  const writer = await store.openWriter()
  const startedAtMs = Date.now()
  await writer.beginStaging({ source: 'cobrha', sourceVersion, feedPosition: '0', startedAtMs })
  const batch = { setAside: [], refusedRoles: [], cursor: '1', isLast: true }
  await writer.stage({ ...batch, people })
  const version = await writer.swap(startedAtMs)
  await writer.close()
  return version
}

const renamed = (person: Person): Person =>
  person.personId === 'demo-nathalie' ? { ...person, lastName: 'Nouveaunom' } : person

describe('a directory that follows its store', () => {
  it(
    'answers from the old version or the new one while another is swapped in, and never fails',
    async () => {
      const first = await takeIn(everybody, '1')
      const directory = open()
      await remote.serves(first)
      const second = await takeIn(everybody.map(renamed), '2')
      const isServed = remote.serves(second).then(() => true)
      const seen = new Set<string>()
      const findBoth = () =>
        Promise.all(['van den berghe nathalie', 'nouveaunom'].map((text) => directory.search({ text }, page)))
      for (let isNew = false; !isNew; ) {
        const [before, after] = await findBoth()
        const names = [before, after].flatMap((found) =>
          (found?.rows ?? [])
            .filter(({ personId }) => personId === 'demo-nathalie')
            .map((row) => row.lastName),
        )
        expect(names).toHaveLength(1)
        for (const name of names) seen.add(name)
        isNew = await Promise.race([isServed, Promise.resolve(false)])
      }
      const [, found] = await findBoth()
      expect(found?.rows.map(({ personId }) => personId)).toEqual(['demo-nathalie'])
      expect(seen).toContain('Van den Berghe')
    },
    LONG_MS,
  )

  it(
    'shows nobody whose licence was withdrawn, from the moment the store knows',
    async () => {
      await takeIn(everybody, '1')
      const directory = open()
      const find = async () =>
        (await directory.search({ text: 'van den berghe nathalie' }, page)).rows.map((row) => row.personId)
      expect(await find()).toContain('demo-nathalie')
      const nathalie = await directory.person('demo-nathalie')
      const person = nathalie && {
        ...nathalie,
        roles: nathalie.roles.map((role) => ({ ...role, licenceToPractise: false })),
      }
      const writer = await store.openWriter()
      await writer.applyChanges([{ personId: 'demo-nathalie', person }], '1', Date.now())
      await writer.close()
      expect(await find()).not.toContain('demo-nathalie')
      expect((await directory.person('demo-nathalie'))?.roles[0]?.licenceToPractise).toBe(false)
    },
    LONG_MS,
  )
})
