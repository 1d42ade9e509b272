/**
 * Purpose: taking the port before anything slow is done, with a sentence when it is taken, and letting go of it.
 * Not concerned with what answers there.
 */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { StartRefusal } from './config.ts'

export interface Listening {
  server: Server
  port: number
  /** Where this process reaches itself. */
  ownUrl: string
  /** Until it is called, every request is told to come back. */
  answerWith(handler: RequestListener): void
  /** Lets requests under way end. May be called again. */
  close(): Promise<void>
}

/** How long requests under way may take once the relay stops. */
const DRAIN_MS = 3_000
/** A photo over a bad network takes its time; headers do not. */
const REQUEST_MS = 10 * 60_000

/** How the settings are called that say where. */
const USUAL_SETTINGS = { host: 'HOST', port: 'PORT' }

/** Throws StartRefusal. */
export async function listen(host: string, port: number, settings = USUAL_SETTINGS): Promise<Listening> {
  let handler: RequestListener = (_request, response) => {
    response.writeHead(503, { 'Content-Type': 'application/json', 'Retry-After': '1' })
    response.end(JSON.stringify({ ok: false, code: 'unavailable' }))
  }
  const server = createServer((request, response) => handler(request, response))
  server.requestTimeout = REQUEST_MS
  let closing: Promise<void> | undefined
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(new StartRefusal(explain(error, { host, port }, settings))),
    )
    server.listen(port, host, resolve)
  })
  const bound = server.address() as AddressInfo
  return {
    server,
    port: bound.port,
    ownUrl: `http://${reachable(bound)}:${bound.port}`,
    answerWith(next) {
      handler = next
    },
    close() {
      closing ??= close(server)
      return closing
    },
  }
}

function explain(
  { code }: NodeJS.ErrnoException,
  { host, port }: { host: string; port: number },
  settings: typeof USUAL_SETTINGS,
): string {
  if (code === 'EADDRINUSE') {
    return `Port ${port} is taken by another program. Stop that one, or choose another port: ${settings.port}=${port + 1}.`
  }
  if (code === 'EACCES') {
    return `This user may not open port ${port}. Choose one above 1023: ${settings.port}=8080.`
  }
  return `${settings.host}=${host} is not an address of this machine.`
}

function reachable({ address, family }: AddressInfo): string {
  if (address === '0.0.0.0' || address === '::') return '127.0.0.1'
  return family === 'IPv6' ? `[${address}]` : address
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const impatience = setTimeout(() => server.closeAllConnections(), DRAIN_MS)
    server.close(() => {
      clearTimeout(impatience)
      resolve()
    })
    server.closeIdleConnections()
  })
}
