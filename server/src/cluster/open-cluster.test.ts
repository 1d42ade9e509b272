/** Two nodes that hear each other through a real Redis, which hangs, dies and comes back. */
import { createServer } from 'node:http'
import type { AccountId, DeviceId } from '@pli/protocol/wire'
import { Server } from 'socket.io'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Connections } from '../domain/relay/connections.ts'
import type { OtherNodes } from '../domain/relay/other-nodes.ts'
import { silentLog } from '../log.ts'
import type { DeviceAddress, InstallationStore } from '../storage/interfaces.ts'
import { type RedisServer, startRedis } from '../testing/redis-server.ts'
import { type Cluster, openCluster } from './open-cluster.ts'

const started = process.env.REDIS_URL
  ? { skipped: 'REDIS_URL names one that cannot be killed' }
  : await startRedis()
if ('skipped' in started) console.log(`skipped: ${started.skipped}`)

const WITHIN = { timeout: 30_000, interval: 100 }
const device = { accountId: 'aaaaaaaa-0000-4000-8000-000000000000' as AccountId, deviceId: 1 as DeviceId }

describe.skipIf('skipped' in started)('two nodes', () => {
  const redis = started as Required<RedisServer>
  const key = new Uint8Array(32).fill(3)
  const installation = { putIfAbsent: async () => key } as unknown as InstallationStore
  const nodes: { cluster: Cluster; others: OtherNodes; woken: DeviceAddress[]; server: Server }[] = []

  async function startNode() {
    const cluster = await openCluster({ redisUrl: redis.url, installation, log: silentLog })
    const woken: DeviceAddress[] = []
    const here = { wake: (address: DeviceAddress) => woken.push(address) > 0 } as unknown as Connections
    const others = cluster.join({ wake: () => undefined }, () => here)
    const server = new Server(createServer(), { adapter: cluster.carrier.adapter })
    cluster.carrier.opened((sealed) => server.serverSideEmit('calls', sealed))
    server.on('calls', (sealed: unknown) => cluster.carrier.received(sealed as Uint8Array))
    nodes.push({ cluster, others, woken, server })
  }
  /** Tells until it is heard: what was told too early is lost. */
  const heard = async (from: number, to: number) => {
    const before = nodes[to]?.woken.length ?? 0
    await expect
      .poll(() => {
        nodes[from]?.others.wake(device, false)
        return nodes[to]?.woken.length
      }, WITHIN)
      .toBeGreaterThan(before)
  }
  const hearing = () => nodes.map(({ cluster }) => cluster.redis.isHearing())

  beforeAll(async () => {
    await startNode()
    await startNode()
  })
  afterAll(async () => {
    for (const { cluster, server } of nodes) {
      server.of('/').adapter.close()
      await cluster.close()
    }
    redis.wake()
    await redis.stop()
  })

  it('hear each other, and leave nothing in Redis', async () => {
    await heard(0, 1)
    await heard(1, 0)
    expect(nodes[1]?.woken[0]).toEqual(device)
    expect(await nodes[0]?.cluster.redis.commands.keys('*')).toEqual([])
  })

  it('notice that Redis hangs, and hear each other when it goes on', async () => {
    redis.hang()
    await expect.poll(hearing, WITHIN).toEqual([false, false])
    await expect(nodes[0]?.cluster.check()).rejects.toThrow()
    redis.wake()
    await expect.poll(hearing, WITHIN).toEqual([true, true])
    await heard(0, 1)
  })

  it('say so when they hear each other again after Redis died', async () => {
    let again = 0
    nodes[1]?.cluster.redis.onHearing(() => {
      again += 1
    })
    await redis.kill()
    await expect.poll(hearing, WITHIN).toEqual([false, false])
    await redis.up()
    await expect.poll(() => again, WITHIN).toBeGreaterThan(0)
    await heard(0, 1)
  })
})
