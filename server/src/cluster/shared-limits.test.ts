/** Two nodes' limits over one real Redis, which is then killed. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RedisServer, startRedis } from '../testing/redis-server.ts'
import { connectRedis, type RedisConnections } from './redis.ts'
import { createSharedLimits } from './shared-limits.ts'

const started = process.env.REDIS_URL
  ? { skipped: 'REDIS_URL names one that cannot be killed' }
  : await startRedis()
if ('skipped' in started) console.log(`skipped: ${started.skipped}`)

describe.skipIf('skipped' in started)('limits of several nodes', () => {
  const redis = started as Required<RedisServer>
  const key = new Uint8Array(32).fill(7)
  let nodes: RedisConnections[] = []
  beforeAll(async () => {
    nodes = [await connectRedis(redis.url), await connectRedis(redis.url)]
  })
  afterAll(async () => {
    for (const node of nodes) node.close()
    await redis.stop()
  })
  const limits = () => nodes.map(({ commands }) => createSharedLimits(commands, key))

  it('count what was asked of any of them', async () => {
    const [one, other] = limits().map((node) => node.window('signIn', { points: 3, seconds: 60 }))
    await one?.consume('203.0.113.7')
    await other?.consume('203.0.113.7')
    await one?.consume('203.0.113.7')
    await expect(other?.consume('203.0.113.7')).rejects.toMatchObject({ consumedPoints: 4 })
    await other?.consume('203.0.113.8')
    await one?.delete('203.0.113.7')
    expect(await other?.get('203.0.113.7')).toBeNull()
  })

  it('fill buckets again for all of them, by the time that passed', async () => {
    const rate = { burst: 2, perSecond: 1 }
    const [one, other] = limits().map((node) => node.buckets('bundles', rate))
    const takes = [await one?.take('a', 1_000), await other?.take('a', 1_000), await one?.take('a', 1_500)]
    expect(takes).toEqual([0, 0, 500])
    expect(await other?.take('a', 2_100)).toBe(0)
    expect(await one?.take('b', 2_100)).toBe(0)
  })

  it('tell Redis neither an address nor an account', async () => {
    const [one] = limits()
    await one?.window('signIn', { points: 3, seconds: 60 }).consume('203.0.113.99')
    await one?.buckets('bundles', { burst: 2, perSecond: 1 }).take('account-of-somebody', 1)
    const names = (await nodes[0]?.commands.keys('*')) ?? []
    expect(names.length).toBeGreaterThan(1)
    expect(names.filter((name) => name.includes('203.0') || name.includes('somebody'))).toEqual([])
  })

  it('hold at each node while Redis is away', async () => {
    const [one] = limits()
    const window = one?.window('password', { points: 2, seconds: 60 })
    const buckets = one?.buckets('prekeys', { burst: 1, perSecond: 0.001 })
    await redis.kill()
    await window?.consume('somebody')
    await window?.consume('somebody')
    await expect(window?.consume('somebody')).rejects.toMatchObject({ consumedPoints: 3 })
    expect(await buckets?.take('somebody', 1)).toBe(0)
    expect(await buckets?.take('somebody', 1)).toBeGreaterThan(0)
  })
})
