import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { Log } from '../log.ts'
import { silentLog } from '../log.ts'
import type { PeopleSource } from './messages.ts'
import { openRemoteDirectory, type RemoteDirectory, type RemoteDirectoryOptions } from './remote-directory.ts'

const source: PeopleSource = {
  kind: 'sandbox',
  seed: 1,
  people: 200,
  ssinKey: Buffer.alloc(32, 1).toString('base64url'),
}
const page = { limit: 20, offset: 0 }
const LONG_MS = 60_000

const opened: RemoteDirectory[] = []
function open(options: Partial<RemoteDirectoryOptions> = {}): RemoteDirectory {
  const timings = { answerWithinMs: LONG_MS, ...options.timings }
  const directory = openRemoteDirectory({ source, log: silentLog, ...options, timings })
  opened.push(directory)
  return directory
}

afterEach(async () => {
  for (const directory of opened.splice(0)) await directory.close()
})

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(20)
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('the search process', () => {
  it(
    'answers searches and look-ups, also those asked before it is loaded',
    async () => {
      const directory = open()
      const [found, person, nobody, byNihii] = await Promise.all([
        directory.search({ text: 'van den berghe woluwe-saint-lambert' }, page),
        directory.person('demo-nathalie'),
        directory.person('nobody'),
        directory.personIdByNihii8('61204723'),
      ])
      expect(found.rows[0]).toMatchObject({ personId: 'demo-nathalie' })
      expect(person).toMatchObject({ lastName: 'Van den Berghe', roles: [{ nihii8: '61204723' }] })
      expect(nobody).toBeUndefined()
      expect(byNihii).toBe('demo-nathalie')
    },
    LONG_MS,
  )

  it(
    'refuses what is out of bounds with the directory’s own code, and goes on',
    async () => {
      const directory = open()
      await expect(directory.search({ text: 'a'.repeat(121) }, page)).rejects.toMatchObject({
        code: 'query-too-long',
      })
      await expect(directory.search({ text: 'lemaire' }, { limit: 1, offset: -1 })).rejects.toMatchObject({
        code: 'paging-out-of-range',
      })
      expect((await directory.search({ text: 'lemaire' }, page)).total).toBeGreaterThan(0)
    },
    LONG_MS,
  )

  it(
    'is started again when it is killed, and nobody who asked meanwhile is left without an answer',
    async () => {
      const warnings: string[] = []
      const log: Log = { ...silentLog, warn: (_, message) => warnings.push(message) }
      const directory = open({ log })
      await directory.serves()
      directory.markReachable(['demo-anne-sophie'], true)
      const killed = directory.servingPid() ?? 0
      process.kill(killed, 'SIGKILL')
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => directory.search({ text: 'lemaire' }, page)),
      )
      expect(new Set(answers.map(({ rows }) => rows[0]?.personId))).toEqual(new Set(['demo-anne-sophie']))
      expect(directory.servingPid()).not.toBe(killed)
      expect(warnings.length).toBeGreaterThan(0)
    },
    LONG_MS,
  )

  it(
    'is refused as unavailable when it does not answer in time, and when too many wait',
    async () => {
      const directory = open({ timings: { answerWithinMs: 1 } })
      await expect(directory.person('demo-nathalie')).rejects.toMatchObject({ code: 'unavailable' })
      const patient = open()
      const asked = Array.from({ length: 1_001 }, () =>
        patient.person('demo-nathalie').catch((error) => error),
      )
      await expect(asked.at(-1)).resolves.toMatchObject({ code: 'unavailable' })
      await expect(asked[0]).resolves.toMatchObject({ personId: 'demo-nathalie' })
    },
    LONG_MS,
  )

  it(
    'gives way to one with a later version, in one step and without a search that fails',
    async () => {
      let sequence = 0
      const currentVersion = async () => ({ generation: 1, sequence })
      const timings = { checkEveryMs: 20, reloadAtMostEveryMs: 0, loadingIsOneIn: 0 }
      // A sandbox has no version of its own, so that every look finds another one: it is replaced again and again.
      const directory = open({ currentVersion, timings })
      await directory.serves()
      const pids = new Set<number | undefined>()
      let searches = 0
      while (pids.size < 3) {
        sequence += 1
        pids.add(directory.servingPid())
        const { rows } = await directory.search({ text: 'anne-sophie lemaire' }, page)
        expect(rows.map(({ personId }) => personId)).toContain('demo-anne-sophie')
        searches += 1
      }
      expect(searches).toBeGreaterThan(2)
      await directory.close()
      await until(() => [...pids].every((pid) => pid === undefined || !isAlive(pid)))
    },
    LONG_MS,
  )

  it(
    'puts who is reachable first among equals, from one search to the next',
    async () => {
      const directory = open()
      const first = async () =>
        (await directory.search({ text: 'lemaire' }, page)).rows.map((row) => row.personId)
      const before = await first()
      const last = before.at(-1) ?? ''
      directory.markReachable([last], true)
      const after = await first()
      expect(after.indexOf(last)).toBeLessThan(before.indexOf(last))
      directory.markReachable([last], false)
      expect(await first()).toEqual(before)
    },
    LONG_MS,
  )
})
