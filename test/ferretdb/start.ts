/**
 * A MongoDB-compatible server for tests and measurements: the one that MONGODB_URI names, else a `mongod` on the path,
 * else FerretDB. What is started here lives in a folder of its own and is gone after `stop`.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { MongoClient } from 'mongodb'
import { freePort } from '../relay-process.ts'
import { buildFerretDb, findExecutable } from './engine.ts'

const READY_WITHIN_MS = 60_000

export interface MongoServer {
  /** Without a database in its path, unless MONGODB_URI has one. */
  uri: string
  /** What it is, for people. */
  name: string
  stop(): Promise<void>
}

/** Progress goes to `say`. `skipped` says why there is no server here. */
export async function startMongo(say: (line: string) => void): Promise<MongoServer | { skipped: string }> {
  const given = process.env.MONGODB_URI
  if (given) return { uri: given, name: 'the server that MONGODB_URI names', stop: async () => undefined }
  const mongod = findExecutable('mongod')
  if (mongod !== undefined) return startMongod(mongod)
  const built = await buildFerretDb(say)
  return 'skipped' in built ? built : startFerretDb(built.program)
}

async function startMongod(mongod: string): Promise<MongoServer> {
  const folder = await mkdtemp(join(tmpdir(), 'pli-mongod-'))
  const port = await freePort()
  const options = ['--dbpath', folder, '--port', String(port), '--bind_ip', '127.0.0.1', '--quiet']
  const child = spawn(mongod, options, { stdio: 'ignore' })
  const stop = () => end(child, folder)
  const uri = `mongodb://127.0.0.1:${port}/`
  try {
    const client = new MongoClient(uri, { serverSelectionTimeoutMS: READY_WITHIN_MS })
    await client.connect()
    await client.close()
  } catch (error) {
    await stop()
    throw error
  }
  return { uri, name: 'mongod', stop }
}

async function startFerretDb(program: string): Promise<MongoServer> {
  const folder = await mkdtemp(join(tmpdir(), 'pli-ferretdb-'))
  // It ends when its input does: it cannot outlive this process, however that ends.
  const child = spawn(program, ['--folder', folder], { stdio: ['pipe', 'pipe', 'inherit'] })
  const ended = once(child, 'exit').then(() => {
    throw new Error('FerretDB ended before it listened')
  })
  const [uri] = (await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended])) as [
    string,
  ]
  ended.catch(() => undefined)
  return { uri, name: 'FerretDB 1.24 on SQLite', stop: () => end(child, folder) }
}

async function end(child: ChildProcess, folder: string): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, 'exit')
    child.kill('SIGTERM')
    await ended
  }
  await rm(folder, { recursive: true, force: true })
}
