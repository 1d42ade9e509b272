/**
 * `npm run cluster -- --nodes 3 [--port 8080]`: several relays behind one port, with the Redis and the MongoDB-compatible
 * server that this machine has, for trying what happens when one is stopped. Ctrl-C stops everything.
 */
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { startRedis } from '@pli/server/testing'
import { startMongo } from '../ferretdb/start.ts'
import { startCluster } from './nodes.ts'

const { values } = parseArgs({
  options: { nodes: { type: 'string', default: '3' }, port: { type: 'string', default: '8080' } },
})

async function main(): Promise<void> {
  const [nodes, port] = [Number(values.nodes), Number(values.port)]
  if (!Number.isInteger(nodes) || nodes < 1 || nodes > 9) throw new Error('--nodes is from 1 to 9')
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error('--port is a port, or 0 for a free one')
  const stopping = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  const undo: (() => Promise<void>)[] = []
  try {
    const folder = await mkdtemp(join(tmpdir(), 'pli-cluster-'))
    undo.push(() => rm(folder, { recursive: true, force: true }))
    const redis = await startRedis()
    if ('skipped' in redis)
      throw new Error(`No Redis: ${redis.skipped}. On Debian: apt-get install redis-server`)
    undo.push(() => redis.stop())
    const mongo = await startMongo((line) => console.error(line))
    if ('skipped' in mongo) throw new Error(`No MongoDB: ${mongo.skipped}.`)
    undo.push(() => mongo.stop())
    const places = { folder, mongoUri: mongo.uri, redisUrl: redis.url, ...(port === 0 ? {} : { port }) }
    const cluster = await startCluster({ nodes, ...places, environment: { RATE_LIMIT_FACTOR: '1' } })
    undo.push(() => cluster.stop())
    console.log(`Pli is ready on ${nodes} nodes: ${cluster.url}`)
    if (!existsSync('web/dist')) console.log('  The apps are not built yet: npm run build')
    for (const node of cluster.nodes) console.log(`  node  ${node.url}   readiness ${node.url}/health/ready`)
    console.log(`  store ${mongo.name}, ${mongo.uri}\n  redis ${redis.url}\n\nCtrl-C stops.`)
    await stopping
    console.log('\nStopping …')
  } finally {
    for (const step of undo.reverse()) await step()
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
})
