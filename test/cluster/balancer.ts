/**
 * Purpose: one port before several nodes, as an installation's load balancer is: connections go round to those that are
 * ready, each stays where it went, and nobody is sent to the same node twice for having been there before.
 * It passes bytes on and ends no TLS: for trying and testing.
 */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

const ASK_EVERY_MS = 250
const CONNECT_MS = 2_000

export interface Balancer {
  port: number
  /** Ports of the nodes that are sent connections now. */
  ready(): number[]
  close(): Promise<void>
}

/** @param nodes their ports on this machine. */
export async function startBalancer(nodes: number[], port = 0): Promise<Balancer> {
  let ready: number[] = []
  let turn = 0
  const open = new Set<Socket>()

  const ask = async () => {
    const answers = await Promise.all(nodes.map(isReady))
    ready = nodes.filter((_, index) => answers[index])
  }
  await ask()
  const timer = setInterval(() => void ask(), ASK_EVERY_MS)

  const server = createServer({ allowHalfOpen: true }, (client) => {
    open.add(client)
    client.on('close', () => open.delete(client))
    client.on('error', () => client.destroy())
    const wanted = ready.map((_, index) => ready[(turn + index) % ready.length] ?? 0)
    turn += 1
    passOn(client, wanted)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', () => {
      clearInterval(timer)
      reject(new Error(`Port ${port} is taken. Choose another: --port ${port + 1}, or 0 for a free one.`))
    })
    server.listen(port, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    ready: () => [...ready],
    async close() {
      clearInterval(timer)
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}

/** To the first that takes it. */
function passOn(client: Socket, ports: number[]): void {
  const [port, ...others] = ports
  if (port === undefined || client.destroyed) {
    client.destroy()
    return
  }
  const node = connect({ port, host: '127.0.0.1', allowHalfOpen: true, timeout: CONNECT_MS })
  const failed = () => {
    node.destroy()
    passOn(client, others)
  }
  node.once('error', failed)
  node.once('timeout', failed)
  node.once('connect', () => {
    node.off('error', failed)
    node.off('timeout', failed)
    node.setTimeout(0)
    node.on('error', () => client.destroy())
    client.on('error', () => node.destroy())
    client.on('close', () => node.destroy())
    node.on('close', () => client.destroy())
    client.pipe(node).pipe(client)
  })
}

async function isReady(port: number): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(CONNECT_MS)
    return (await fetch(`http://127.0.0.1:${port}/health/ready`, { signal })).ok
  } catch {
    return false
  }
}
