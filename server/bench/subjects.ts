/** What is measured, each a process of its own with devices that are signed in. */
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnection } from 'mongoose'
import { type Child, startChild } from './children.ts'
import type { BenchDevice, Wire } from './drive/device.ts'

export type SubjectName = 'embedded' | 'embedded-fsync5ms' | 'mongo' | 'socket.io-memory' | 'ws-raw'

export interface Subject {
  name: SubjectName
  wire: Wire
  url: string
  server: Child
  /** Signs so many more devices in. */
  makeDevices(count: number): Promise<BenchDevice[]>
  /** Another process on the same data: what signing in left in memory is gone. */
  renew(): Promise<void>
  stop(): Promise<void>
}

const SLOW_COMMIT_MS = 5

/** `driver` signs the devices in: the server does nothing for them that it would not do for a person's. */
export async function startSubject(name: SubjectName, driver: Child): Promise<Subject> {
  if (name === 'socket.io-memory') return startPlain(name, 'socket.io', './serve/socket-io-memory.ts', driver)
  if (name === 'ws-raw') return startPlain(name, 'ws', './serve/ws-raw.ts', driver)
  return startOurs(name, driver)
}

async function startOurs(name: SubjectName, driver: Child): Promise<Subject> {
  const folder = await mkdtemp(join(tmpdir(), 'pli-bench-'))
  const mongodb = name === 'mongo' ? ownDatabase() : undefined
  const start = async () => {
    const server = startChild('./serve/relay.ts', {
      DATA_DIR: join(folder, 'data'),
      // Empty is as good as absent: the embedded subjects keep to their folder.
      MONGODB_URI: mongodb ?? '',
      BENCH_COMMIT_DELAY_MS: String(name === 'embedded-fsync5ms' ? SLOW_COMMIT_MS : 0),
    })
    return { server, url: await server.ask<string>('url') }
  }
  const subject: Subject = {
    name,
    wire: 'socket.io',
    ...(await start()),
    makeDevices: async (count) => {
      const { server, url } = subject
      return driver.ask('signIn', { url, proofs: await server.ask('proofs', count) })
    },
    renew: async () => {
      await subject.server.stop()
      Object.assign(subject, await start())
    },
    stop: async () => {
      await subject.server.stop()
      await rm(folder, { recursive: true, force: true })
      if (mongodb !== undefined) await dropDatabase(mongodb)
    },
  }
  return subject
}

/** Undefined when there is a server whose speed says something. */
export async function whyNotMongo(): Promise<string | undefined> {
  const uri = process.env.MONGODB_URI
  if (!uri) return 'MONGODB_URI names no server.'
  const connection = await createConnection(uri).asPromise()
  const build = await connection.db?.admin().buildInfo()
  await connection.close()
  if (build?.ferretdbVersion === undefined) return undefined
  return 'FerretDB looks through whole collections: its speed says nothing about MongoDB’s.'
}

/** On the server that MONGODB_URI names, a database of this run's own. */
function ownDatabase(): string {
  const uri = new URL(process.env.MONGODB_URI ?? '')
  uri.pathname = `/pli_bench_${randomUUID().slice(0, 8)}`
  return uri.href
}

async function dropDatabase(uri: string): Promise<void> {
  const connection = await createConnection(uri).asPromise()
  await connection.dropDatabase()
  await connection.close()
}

async function startPlain(name: SubjectName, wire: Wire, program: string, driver: Child): Promise<Subject> {
  const server = startChild(program)
  let made = 0
  return {
    name,
    wire,
    url: await server.ask<string>('url'),
    server,
    makeDevices: (count) => {
      const first = made + 1
      made += count
      return driver.ask('invent', { first, count })
    },
    renew: async () => {},
    stop: () => server.stop(),
  }
}
