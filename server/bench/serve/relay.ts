/**
 * Our relay as a subject: as an installation runs it, with its sandbox, rate limits lifted by configuration, and, for
 * one subject, a commit that takes longer. Prepares devices' proofs; signing in is the driver's affair. The fault runs
 * use it too, and may fill its disk and set its clock.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { generateSandbox } from '@pli/directory/sandbox'
import { readConfig, startRelay } from '../../src/app.ts'
import type { Database } from '../../src/storage/embedded/database.ts'
import { openEmbeddedStorage } from '../../src/storage/embedded/open.ts'
import { answerParent } from '../children.ts'
import { measureFootprint } from './footprint.ts'

const PEOPLE = Number(process.env.BENCH_PEOPLE ?? '12000')
const SEED = 1

const environment = {
  PLI_MODE: 'sandbox',
  PORT: process.env.BENCH_PORT ?? '0',
  SANDBOX_PEOPLE: String(PEOPLE),
  SANDBOX_SEED: String(SEED),
  LOG_LEVEL: 'error',
  RATE_LIMIT_FACTOR: process.env.BENCH_RATE_LIMIT_FACTOR ?? '100000',
}
const commitDelayMs = Number(process.env.BENCH_COMMIT_DELAY_MS ?? '0')
let engine: Database | undefined
const openStorage = async (dataDir: string) => {
  await mkdir(dataDir, { recursive: true })
  return openEmbeddedStorage(join(dataDir, 'pli.db'), {
    commitDelayMs,
    opened: (database) => {
      engine = database
    },
  })
}
const config = readConfig({ ...process.env, ...environment })
const relay = await startRelay(config, config.mongodbUri === undefined ? { openStorage } : {})
const { people } = generateSandbox({ seed: SEED, people: PEOPLE, ssinKey: new Uint8Array(32) })
let nextPerson = 0
const systemClock = Date.now

answerParent({
  url: () => `http://127.0.0.1:${relay.port}`,
  /** So many people who may be signed in, each with a single-use code; never the same person twice. */
  proofs: async (count: number) => {
    const proofs: { personId: string; code: string }[] = []
    while (proofs.length < count) {
      const person = people[nextPerson]
      nextPerson += 1
      if (!person) throw new Error('the sandbox has too few people')
      const issued = await relay.issueOperatorCode(person.personId).catch(() => undefined)
      if (issued) proofs.push({ personId: person.personId, code: issued.code })
    }
    return proofs
  },
  footprint: measureFootprint,
  /** True: the database may not grow any more, as on a disk that is full. */
  fillDisk: (full: boolean) => {
    const { page_count: pages } = engine?.prepare<{ page_count: number }>('PRAGMA page_count').get() ?? {
      page_count: 0,
    }
    engine?.execute(`PRAGMA max_page_count = ${full ? pages : 4_294_967_294}`)
  },
  setClock: (aheadMs: number) => {
    Date.now = () => systemClock() + aheadMs
  },
  processorMs: () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  },
})
