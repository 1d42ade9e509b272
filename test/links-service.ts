/** The sandbox's service of therapeutic links as a process of its own, on a free port, as `npm run sandbox:links` starts it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const repository = fileURLToPath(new URL('..', import.meta.url))

export interface LinksService {
  /** Origin. */
  readonly url: string
  stop(): Promise<void>
}

/** `relayUrl`: whose devices may ask; it need not be up yet. */
export async function startLinksService(relayUrl: string): Promise<LinksService> {
  const args = ['--import', 'tsx', 'server/src/sandbox/links/main.ts', '--port', '0', '--relay', relayUrl]
  const child = spawn(process.execPath, args, { cwd: repository, stdio: ['ignore', 'pipe', 'inherit'] })
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /ready at (http:\S+),/.exec(line)?.[1]
    if (url !== undefined) return { url, stop: () => stop(child) }
  }
  throw new Error('the service ended before it was ready')
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill()
  await ended
}
