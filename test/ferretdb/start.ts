/**
 * A MongoDB-compatible server for tests and measurements: the one that MONGODB_URI names, else a `mongod` on the path,
 * else FerretDB. What is started here lives in a folder of its own and is gone after `stop`.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import { freePort } from '../relay-process.ts'
import { buildFerretDb, findExecutable } from './engine.ts'

const READY_WITHIN_MS = 60_000

export interface MongoServer {
  /** Without a database in its path, unless MONGODB_URI has one. */
  uri: string
  /** What it is, for people. */
  name: string
  /** Kills it as a power cut does and starts it again on the same data and port; absent for one that is not ours. */
  restart?(): Promise<void>
  stop(): Promise<void>
}

/** Progress goes to `say`. `skipped` says why there is no server here. */
export async function startMongo(say: (line: string) => void): Promise<MongoServer | { skipped: string }> {
  const given = process.env.MONGODB_URI
  if (given) return { uri: given, name: 'the server that MONGODB_URI names', stop: async () => undefined }
  const mongod = findExecutable('mongod')
  if (mongod !== undefined) return startServer('mongod', (folder, port) => launchMongod(mongod, folder, port))
  const built = await buildFerretDb(say)
  if ('skipped' in built) return built
  return startServer('FerretDB 1.24 on SQLite', (folder, port) => launchFerretDb(built.program, folder, port))
}

type Launch = (folder: string, port: number) => ChildProcess

async function startServer(name: string, launch: Launch): Promise<MongoServer> {
  const folder = await mkdtemp(join(tmpdir(), 'pli-mongo-'))
  const port = await freePort()
  const uri = `mongodb://127.0.0.1:${port}/`
  let child = launch(folder, port)
  const stop = async () => {
    await end(child, 'SIGTERM')
    await rm(folder, { recursive: true, force: true })
  }
  const restart = async () => {
    await end(child, 'SIGKILL')
    child = launch(folder, port)
    await untilReady(uri, child)
  }
  try {
    await untilReady(uri, child)
  } catch (error) {
    await stop()
    throw error
  }
  return { uri, name, restart, stop }
}

function launchMongod(mongod: string, folder: string, port: number): ChildProcess {
  const options = ['--dbpath', folder, '--port', String(port), '--bind_ip', '127.0.0.1', '--quiet']
  return spawn(mongod, options, { stdio: 'ignore' })
}

/** It ends when its input does: it cannot outlive this process, however that ends. */
function launchFerretDb(program: string, folder: string, port: number): ChildProcess {
  const options = ['--folder', folder, '--listen', `127.0.0.1:${port}`]
  return spawn(program, options, { stdio: ['pipe', 'ignore', 'inherit'] })
}

/** Rejects when it ends instead. */
async function untilReady(uri: string, child: ChildProcess): Promise<void> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: READY_WITHIN_MS })
  const answered = client.connect().then(() => client.db().command({ ping: 1 }))
  const ended = new Promise<never>((_resolve, reject) => {
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`${child.spawnfile} ended instead of answering`)))
  })
  try {
    await Promise.race([answered, ended])
  } finally {
    await client.close()
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill(signal)
  await ended
}
