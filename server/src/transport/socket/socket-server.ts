/**
 * The socket: who connects (by device token), on which terms, and what ends a connection. WebSocket only: long polling
 * would need sticky sessions and brings nothing to the browsers that can run Pli.
 * Contract: `@pli/protocol/wire` envelopes. Not concerned with what requests mean.
 */
import type { Server as HttpServer, IncomingMessage } from 'node:http'
import { limits, routes } from '@pli/protocol/wire'
import { Server, type Socket } from 'socket.io'
import type { Devices } from '../../domain/devices/devices.ts'
import type { Connections } from '../../domain/relay/connections.ts'
import type { Relay } from '../../domain/relay/relay.ts'
import { RelayError, refusalOf } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { StoredDevice } from '../../storage/interfaces.ts'
import { networkOf } from '../client-address.ts'
import { DeviceSocket } from './device-socket.ts'
import { GatheringWebSocketServer } from './gathering-web-socket.ts'
import type { NodeCarrier } from './node-carrier.ts'
import { createLimiter, defaultSocketRates, type SocketRates } from './rates.ts'
import { createRequestHandlers } from './requests.ts'

export interface SocketServerOptions {
  relay: Relay
  devices: Pick<Devices, 'authenticate'>
  connections: Connections
  nowMs: () => number
  log: Log
  rates?: SocketRates
  /** The client's network address, for rate limits: the peer's unless a trusted proxy says otherwise. */
  addressOf?: (request: IncomingMessage) => string
  unknownConnectionsAtMost?: number
  /** Absent: this relay is the only one. */
  nodes?: NodeCarrier | undefined
}

export interface SocketServer {
  /** Lets requests under way end with their answer, then closes every connection. The HTTP server stays open. */
  close(): Promise<void>
}

/** Each envelope is a WebSocket message of its own; what is somewhat too long still gets an answer with a code. */
const MAX_MESSAGE_BYTES = 2 * limits.envelopeBytes + 64 * 1024

/** Connections that have not shown a token yet; they have ten seconds to. */
const UNKNOWN_CONNECTIONS_AT_MOST = 500

export function startSocketServer(httpServer: HttpServer, options: SocketServerOptions): SocketServer {
  const { connections, relay, nowMs, log, nodes } = options
  const limiter = createLimiter(options.rates ?? defaultSocketRates)
  const handlers = createRequestHandlers(relay)
  const open = new Set<DeviceSocket>()
  const unknownAtMost = options.unknownConnectionsAtMost ?? UNKNOWN_CONNECTIONS_AT_MOST
  const server: Server = new Server(httpServer, {
    path: routes.socketPath,
    transports: ['websocket'],
    wsEngine: GatheringWebSocketServer,
    serveClient: false,
    ...(nodes ? { adapter: nodes.adapter } : {}),
    perMessageDeflate: false,
    httpCompression: false,
    maxHttpBufferSize: MAX_MESSAGE_BYTES,
    connectTimeout: 10_000,
    pingInterval: 20_000,
    pingTimeout: 15_000,
    allowRequest: (_request, decide) => {
      const unknown = server.engine.clientsCount - open.size
      decide(null, unknown < unknownAtMost)
    },
  })
  if (nodes) carryCalls(server, nodes)
  server.use(authentication(options, limiter.connections))
  server.on('connection', (socket) => {
    const device = socket.data as StoredDevice
    const { accountId, deviceId } = device
    const address = { accountId, deviceId }
    const link = new DeviceSocket(socket, address, { handlers, limiter, nowMs, log })
    forgetRequest(socket)
    open.add(link)
    socket.on('disconnect', () => {
      open.delete(link)
      connections.detach(address, link)
    })
    connections.attach(address, link).catch(() => {
      log.error({}, 'a connection could not be set up')
      link.close()
    })
  })
  return { close: () => closeServer(server, connections, open) }
}

function authentication(
  options: SocketServerOptions,
  buckets: { take(name: string, nowMs: number): number },
) {
  const { devices, nowMs, log, addressOf = peerAddress } = options
  async function authenticate(socket: Socket): Promise<void> {
    const retryAfterMs = buckets.take(networkOf(addressOf(socket.request)), nowMs())
    if (retryAfterMs > 0) throw new RelayError('rate_limited', 'too many connections', { retryAfterMs })
    const token: unknown = socket.handshake.auth.token
    if (typeof token !== 'string') throw new RelayError('unauthenticated')
    socket.data = await devices.authenticate(token)
  }
  return (socket: Socket, next: (error?: Error) => void) => {
    authenticate(socket).then(
      () => next(),
      (error: unknown) => {
        const refusal = refusalOf(error)
        if (refusal.code === 'internal') log.error({}, 'authentication failed')
        next(Object.assign(new Error(refusal.code), { data: refusal }))
      },
    )
  }
}

function carryCalls(server: Server, nodes: NodeCarrier): void {
  nodes.opened((sealed) => server.serverSideEmit('calls', sealed))
  server.on('calls', (sealed: unknown) => {
    if (sealed instanceof Uint8Array) nodes.received(sealed)
  })
}

/** Its headers, address and token have served their purpose, and would stay as long as the connection. */
function forgetRequest(socket: Socket): void {
  Object.assign(socket.conn, { request: undefined })
  Object.assign(socket, { handshake: undefined, data: undefined })
}

function peerAddress(request: IncomingMessage): string {
  return request.socket.remoteAddress ?? ''
}

async function closeServer(server: Server, connections: Connections, open: Set<DeviceSocket>): Promise<void> {
  await Promise.all([...open].map((link) => link.stop()))
  connections.closeAll()
  // Those of this node only: the adapter would end the other nodes' too.
  server.local.disconnectSockets(true)
  server.of('/').adapter.close()
  await new Promise<void>((resolve) => {
    // Not `server.close()`, which would close the HTTP server as well: that belongs to whoever opened it.
    server.engine.close()
    setImmediate(resolve)
  })
}
