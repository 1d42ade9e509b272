/**
 * Rounds of faults under load on three nodes over one MongoDB-compatible server: in each a node is killed or drained,
 * Redis is killed and comes back empty, or the store is killed and started again on its data; connections are cut and
 * delayed throughout. At the end everything is mended and the ledger is read. Not concerned with one relay alone.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { RelayConfig } from '@pli/protocol/wire'
import { type RedisServer, startRedis } from '@pli/server/testing'
import { signIn } from '../../server/bench/drive/sign-in.ts'
import { type RunningCluster, startCluster } from '../cluster/nodes.ts'
import { type MongoServer, startMongo } from '../ferretdb/start.ts'
import { FaultDevice } from './device.ts'
import { Ledger, type Verdict } from './ledger.ts'
import { Network } from './network.ts'
import { createRandom, type Random } from './random.ts'
import type { RoundsOptions } from './rounds.ts'
import { settle, untilWorking, within } from './waiting.ts'

const NODES = 3
const DEVICES = 8
const CONVERSATIONS_EACH = 2
const faults = ['a node is killed', 'Redis is killed', 'a node is drained', 'the store is killed'] as const

interface Scene {
  cluster: RunningCluster
  redis: RedisServer
  mongo: MongoServer
  network: Network
  devices: FaultDevice[]
  ledger: Ledger
  random: Random
}

/** `skipped` says what is missing here. */
export async function playClusterRounds(options: RoundsOptions): Promise<Verdict | { skipped: string }> {
  const undo: (() => unknown)[] = []
  try {
    const redis = await startRedis()
    if ('skipped' in redis) return redis
    undo.push(() => redis.stop())
    const mongo = await startMongo(options.progress)
    if ('skipped' in mongo) return mongo
    undo.push(() => mongo.stop())
    const folder = await mkdtemp(join(tmpdir(), 'pli-faults-'))
    undo.push(() => rm(folder, { recursive: true, force: true }))
    const environment = { SANDBOX_PEOPLE: '600', LOG_LEVEL: 'error', DRAIN_SECONDS: '1' }
    const servers = { mongoUri: mongo.uri, redisUrl: redis.url }
    const cluster = await startCluster({ nodes: NODES, folder, ...servers, environment })
    undo.push(() => cluster.stop())
    const network = await Network.open(cluster.balancer.port)
    undo.push(() => network.close())
    const random = createRandom(options.seed)
    const ledger = new Ledger()
    const devices: FaultDevice[] = []
    undo.push(() => {
      for (const device of devices) device.stop()
    })
    for (const device of await signIn(network.url, await proofs(cluster))) {
      devices.push(new FaultDevice(network.url, device, ledger, random))
    }
    await play({ cluster, redis, mongo, network, devices, ledger, random }, options)
    return ledger.verdict()
  } finally {
    for (const step of undo.reverse()) await step()
  }
}

async function play(scene: Scene, { rounds, progress }: RoundsOptions): Promise<void> {
  const { devices, ledger } = scene
  for (const device of devices) device.start()
  let goesOn = true
  const conversations = Promise.all(
    devices.flatMap((device, index) =>
      Array.from({ length: CONVERSATIONS_EACH }, (_, offset) => {
        const peer = devices[(index + offset + 1) % devices.length]!
        return device.converse(peer.device, () => goesOn)
      }),
    ),
  )
  conversations.catch(() => {})
  for (let round = 1; round <= rounds; round += 1) {
    const fault = faults[(round - 1) % faults.length] ?? faults[0]
    await untilWorking(ledger)
    await playRound(scene, fault)
    const { acknowledged } = ledger.verdict()
    progress(`three nodes, round ${round} of ${rounds}: ${fault}; ${acknowledged} acknowledged`)
  }
  goesOn = false
  await within('the last message of each conversation', conversations)
  await settle(devices, ledger)
}

async function playRound(
  { cluster, redis, mongo, network, devices, ledger, random }: Scene,
  fault: (typeof faults)[number],
): Promise<void> {
  await network.waver(random.between(50, 200), 80, random)
  network.cut(() => random.chance(0.3))
  for (const device of devices) if (random.chance(0.2)) device.reconnect()
  await sleep(random.between(50, 300))
  const node = cluster.nodes[Math.floor(random.between(0, NODES - 1))]
  if (fault === 'a node is killed') await node?.kill()
  else if (fault === 'a node is drained') await node?.drain()
  else if (fault === 'Redis is killed') await redis.kill?.()
  else await mongo.restart?.()
  // What is left goes on without it.
  if (fault !== 'the store is killed') await untilWorking(ledger)
  if (fault === 'Redis is killed') await redis.up?.()
  else if (fault !== 'the store is killed') await node?.up()
}

/** Of people of the sandbox, each with a single-use code. */
async function proofs(cluster: RunningCluster): Promise<{ personId: string; code: string }[]> {
  const { value } = (await (await fetch(`${cluster.url}/v1/config`)).json()) as { value: RelayConfig }
  const people = (value.sandbox?.people ?? []).slice(0, DEVICES)
  return Promise.all(
    people.map(async ({ personId }) => ({ personId, code: await cluster.codeFor(personId) })),
  )
}
