/**
 * With SANDBOX_LINKS_PORT, `npm start` also starts the sandbox's service of therapeutic links, in a process of its own: the
 * relay has no part in what it is asked. Not concerned with the service.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** What the relay is told of it. */
export function linksEnvironment(port: string | undefined): { LINKS_SERVICE_URL?: string } {
  return port === undefined ? {} : { LINKS_SERVICE_URL: `http://localhost:${port}` }
}

/** @returns the way to stop it; nothing to stop without a port */
export function startLinksSandbox(port: string | undefined, relayUrl: string): () => Promise<void> {
  if (port === undefined) return async () => {}
  const args = ['--import', 'tsx', 'server/src/sandbox/links/main.ts', '--port', port, '--relay', relayUrl]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  return async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill()
    await ended
  }
}
