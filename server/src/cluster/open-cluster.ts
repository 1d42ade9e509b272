/**
 * Purpose: this relay as one node of several over the same MongoDB: calls through socket.io's Redis streams adapter, limits
 * counted in Redis for all nodes together. Wiring only.
 *
 * The adapter passes calls between servers by publish/subscribe, not through its stream: nothing of them stays in Redis.
 */
import { createAdapter } from '@socket.io/redis-streams-adapter'
import type { Limits } from '../domain/limits.ts'
import type { Connections } from '../domain/relay/connections.ts'
import type { OtherNodes } from '../domain/relay/other-nodes.ts'
import type { PushWaker } from '../domain/relay/push-waker.ts'
import type { Log } from '../log.ts'
import type { InstallationStore } from '../storage/interfaces.ts'
import type { NodeCarrier } from '../transport/socket/node-carrier.ts'
import { type Call, decodeCalls, encodeCalls } from './calls.ts'
import { startHealing } from './healing.ts'
import { createNodeCalls } from './node-calls.ts'
import { connectRedis, type RedisConnections } from './redis.ts'
import { type CallSealer, createCallSealer } from './sealed-calls.ts'
import { createSharedLimits } from './shared-limits.ts'

const KEY_NAME = 'cluster-key'
const KEY_BYTES = 32
const CHANNEL = 'pli'
/** How long the adapter's reader may keep a relay that stops. */
const READ_FOR_MS = 1_000
/** So often a node says nothing to all, itself among them: a connection on which nothing comes is then known to be dead. */
const BEAT_EVERY_MS = 2_000

export interface Cluster {
  limits: Limits
  redis: RedisConnections
  carrier: NodeCarrier
  /** Once, by the domain: what it tells the others. */
  join(push: PushWaker, connections: () => Connections): OtherNodes
  /** Rejects when nodes do not hear each other. */
  check(): Promise<void>
  close(): Promise<void>
}

interface Sources {
  redisUrl: string
  installation: InstallationStore
  log: Log
}

/** Throws StartRefusal. */
export async function openCluster({ redisUrl, installation, log }: Sources): Promise<Cluster> {
  const key = await installation.putIfAbsent(KEY_NAME, crypto.getRandomValues(new Uint8Array(KEY_BYTES)))
  const redis = await connectRedis(redisUrl)
  const sealer = createCallSealer(key)
  let send: ((sealed: Uint8Array) => void) | undefined
  let receive: ((sealed: Uint8Array) => void) | undefined
  const undo: (() => unknown)[] = [() => redis.close()]
  return {
    limits: createSharedLimits(redis.commands, key),
    redis,
    carrier: {
      adapter: createAdapter(redis.forAdapter, {
        streamName: CHANNEL,
        channelPrefix: CHANNEL,
        blockTimeInMs: READ_FOR_MS,
      }),
      opened(emit) {
        send = emit
      },
      received: (sealed) => receive?.(sealed),
    },
    join(push, connections) {
      const tell = (told: Call[]) => send?.(sealer.seal(encodeCalls(told)))
      const calls = createNodeCalls({ connections, push, send: tell })
      const beat = setInterval(() => tell([]), BEAT_EVERY_MS)
      undo.push(() => clearInterval(beat))
      receive = (sealed) => hear(sealer, sealed, calls.receive, log)
      undo.push(() => calls.close())
      return calls
    },
    async check() {
      await redis.commands.ping()
      if (!redis.isHearing()) throw new Error('nodes do not hear each other')
    },
    async close() {
      for (const step of undo.splice(0).reverse()) await step()
    },
  }
}

function hear(sealer: CallSealer, sealed: Uint8Array, receive: (calls: Call[]) => void, log: Log): void {
  const plain = sealer.open(sealed)
  if (plain === undefined) log.warn({}, 'something came through Redis that no node of this installation sent')
  else receive(decodeCalls(plain))
}

/** Looks after connections whose calls may be lost; says in the log when nodes stop hearing each other. */
export function healCluster({ redis }: Cluster, connections: Connections, log: Log) {
  const healing = startHealing(connections, redis.isHearing)
  let wasHearing = true
  redis.onHearing(() => healing.catchUp())
  const timer = setInterval(() => {
    const isHearing = redis.isHearing()
    if (isHearing === wasHearing) return
    wasHearing = isHearing
    if (isHearing) log.info({}, 'nodes hear each other again')
    else log.warn({}, 'Redis is away: nodes look into the store until it is back')
  }, 1_000)
  timer.unref()
  return {
    async stop() {
      clearInterval(timer)
      await healing.stop()
    },
  }
}
