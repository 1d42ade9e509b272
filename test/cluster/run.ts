/**
 * `npm run cluster -- --nodes 3 [--port 8080]`: several relays behind one port, with the Redis and the MongoDB-compatible
 * server that this machine has, for trying what happens when one is stopped. Ctrl-C stops everything.
 */
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { startRedis } from '@pli/server/testing'
import { startMongo } from '../ferretdb/start.ts'
import { type ClusterNode, startCluster } from './nodes.ts'

/** Long enough to see what happens without it. */
const AGAIN_AFTER_MS = 15_000
const USAGE = 'npm run cluster -- [--nodes 3] [--port 8080]     nodes from 1 to 9; port 0 takes a free one'

function readOptions(): { nodes: number; port: number } {
  const options = {
    nodes: { type: 'string', default: '3' },
    port: { type: 'string', default: '8080' },
  } as const
  let values: { nodes: string; port: string }
  try {
    values = parseArgs({ options }).values
  } catch {
    throw new Error(USAGE)
  }
  const [nodes, port] = [Number(values.nodes), Number(values.port)]
  if (!Number.isInteger(nodes) || nodes < 1 || nodes > 9) throw new Error('--nodes is from 1 to 9')
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    throw new Error('--port is a port, or 0 for a free one')
  return { nodes, port }
}

/** A terminal tells every process of the group, and what started us tells us again: all of that is one wish. */
function untilTold(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve())
  })
}

function announce(node: ClusterNode): void {
  console.log(`  node  ${node.url}  process ${node.process()?.pid}  ${node.url}/health/ready`)
}

/** As a supervisor does. */
async function restartWhenEnded(node: ClusterNode, isStopping: () => boolean): Promise<void> {
  await node.process()?.ended
  if (isStopping()) return
  console.log(`  node  ${node.url}  has ended`)
  await sleep(AGAIN_AFTER_MS, undefined, { ref: false })
  if (isStopping()) return
  await node.up()
  announce(node)
  await restartWhenEnded(node, isStopping)
}

async function main(): Promise<void> {
  const { nodes, port } = readOptions()
  const stopping = untilTold()
  let isStopping = false
  stopping.then(() => {
    isStopping = true
  })
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
    for (const node of cluster.nodes) {
      announce(node)
      void restartWhenEnded(node, () => isStopping)
    }
    console.log(`  store ${mongo.name}, ${mongo.uri}\n  redis ${redis.url}`)
    console.log(
      `  a sign-in code: DATA_DIR=${cluster.dataDirs[0]} npm run operator -- code --person nathalie`,
    )
    console.log(
      `\nStop a node by its process id, by SIGTERM or SIGKILL: it is back ${AGAIN_AFTER_MS / 1000} s later.`,
    )
    console.log('Ctrl-C stops everything.')
    await stopping
    console.log('\nStopping …')
  } catch (error) {
    // What was told to stop while it started failed for that reason.
    if (!isStopping) throw error
  } finally {
    for (const step of undo.reverse()) await step()
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  },
)
