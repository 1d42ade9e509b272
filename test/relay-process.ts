/**
 * The relay as a process of its own, on a free port, with a data folder: to be restarted, killed, and searched.
 * Not concerned with who talks to it.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const repository = fileURLToPath(new URL('..', import.meta.url))
const READY_WITHIN_MS = 60_000

export interface RelayProcess {
  url: string
  port: number
  pid: number | undefined
  /** Resolves when it has ended, whoever ended it. */
  ended: Promise<unknown>
  /** Ends it as Ctrl-C does. */
  stop(): Promise<void>
  /** Ends it as a power cut does. */
  kill(): Promise<void>
  /** Writes the whole heap into `folder`. */
  snapshotHeap(): Promise<void>
}

export interface RelayProcessOptions {
  dataDir: string
  /** Where its log and its heap snapshots go. */
  logDir: string
  port?: number
  environment?: Record<string, string>
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

function relayEnvironment(options: RelayProcessOptions, port: number): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PLI_MODE: 'sandbox',
    PORT: String(port),
    DATA_DIR: options.dataDir,
    RATE_LIMIT_FACTOR: '1000',
    // On its own folder, whatever this shell would have a relay use.
    MONGODB_URI: '',
    REDIS_URL: '',
    ...options.environment,
  }
}

export async function startRelayProcess(options: RelayProcessOptions): Promise<RelayProcess> {
  const port = options.port ?? (await freePort())
  const flags = ['--import', 'tsx', '--heapsnapshot-signal=SIGUSR2', `--diagnostic-dir=${options.logDir}`]
  const child = spawn(process.execPath, [...flags, 'server/src/main.ts'], {
    cwd: repository,
    env: relayEnvironment(options, port),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const log = createWriteStream(join(options.logDir, `relay-${port}.log`), { flags: 'a' })
  child.stdout.pipe(log, { end: false })
  child.stderr.pipe(log, { end: false })
  const url = `http://127.0.0.1:${port}`
  await untilReady(child, url)
  return {
    url,
    port,
    pid: child.pid,
    ended,
    stop: () => end(child, 'SIGINT'),
    kill: () => end(child, 'SIGKILL'),
    snapshotHeap: () => snapshotHeap(child, options.logDir),
  }
}

async function untilReady(child: ChildProcess, url: string): Promise<void> {
  const deadlineMs = Date.now() + READY_WITHIN_MS
  while (Date.now() < deadlineMs) {
    const { exitCode, signalCode } = child
    if (exitCode !== null || signalCode !== null) {
      throw new Error(`the relay ended with ${exitCode ?? signalCode}; see its log`)
    }
    const answered = await fetch(`${url}/v1/config`).then(
      (response) => response.ok,
      () => false,
    )
    if (answered) return
    await sleep(100)
  }
  throw new Error('the relay did not answer in time')
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill(signal)
  await ended
}

async function snapshotHeap(child: ChildProcess, folder: string): Promise<void> {
  child.kill('SIGUSR2')
  const deadlineMs = Date.now() + READY_WITHIN_MS
  while (Date.now() < deadlineMs) {
    await sleep(250)
    const names = await readdir(folder)
    if (names.some((name) => name.endsWith('.heapsnapshot'))) return
  }
  throw new Error('the relay wrote no heap snapshot')
}

/** A single-use sign-in code for a person of the sandbox's directory, as an operator would issue it. */
export async function issueOperatorCode(options: RelayProcessOptions, person: string): Promise<string> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--import', 'tsx', 'server/src/operator.ts', 'code', '--person', person],
    { cwd: repository, env: relayEnvironment(options, options.port ?? 0) },
  )
  const [code] = stdout.split('\n')
  if (code === undefined || code === '') throw new Error('no code was issued')
  return code
}
