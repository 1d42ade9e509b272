/**
 * A Redis for tests and for trying several nodes: the one that REDIS_URL names, else `redis-server` on the path, in memory
 * only and on a port of its own. It can be killed and started again there, empty.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { Redis } from 'ioredis'

export interface RedisServer {
  url: string
  /** Absent for one that is not ours: as a power cut does; nothing that it held is left. */
  kill?(): Promise<void>
  up?(): Promise<void>
  /** It keeps its connections and answers no more, as behind a network that swallows everything; then goes on. */
  hang?(): void
  wake?(): void
  stop(): Promise<void>
}

/** `skipped` says why there is none. */
export async function startRedis(): Promise<RedisServer | { skipped: string }> {
  const given = process.env.REDIS_URL
  if (given) return { url: given, stop: async () => undefined }
  const program = (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'redis-server'))
    .find(isProgram)
  if (program === undefined) return { skipped: 'redis-server is not installed, and REDIS_URL is not set' }
  const port = await freePort()
  const url = `redis://127.0.0.1:${port}`
  let child: ChildProcess | undefined
  const up = async () => {
    const options = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
    const started = spawn(program, options, { stdio: 'ignore' })
    child = started
    await untilReady(url, started)
  }
  const kill = async () => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  await up()
  const hang = () => void child?.kill('SIGSTOP')
  const wake = () => void child?.kill('SIGCONT')
  return { url, kill, up, hang, wake, stop: kill }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Rejects when it ends instead. */
async function untilReady(url: string, child: ChildProcess): Promise<void> {
  const client = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 50 })
  client.on('error', () => undefined)
  const ended = new Promise<never>((_resolve, reject) => {
    child.once('error', reject)
    child.once('exit', () => reject(new Error('redis-server ended instead of answering')))
  })
  try {
    await Promise.race([client.ping(), ended])
  } finally {
    client.disconnect()
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
