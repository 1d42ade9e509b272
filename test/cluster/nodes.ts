/**
 * Several relays as processes over one MongoDB-compatible server and one Redis, behind one port. Each can be killed,
 * drained and started again. Not concerned with where the two servers come from.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ask } from '@pli/server/testing'
import { freePort, type RelayProcess, startRelayProcess } from '../relay-process.ts'
import { type Balancer, startBalancer } from './balancer.ts'

export interface ClusterOptions {
  nodes: number
  /** Under it each node has its own data and all have their logs. */
  folder: string
  mongoUri: string
  redisUrl: string
  /** Of the balancer; a free one otherwise. */
  port?: number
  environment?: Record<string, string>
}

export interface ClusterNode {
  url: string
  port: number
  /** Undefined while it is down. */
  process(): Pick<RelayProcess, 'pid' | 'ended'> | undefined
  up(): Promise<void>
  /** As a power cut does. */
  kill(): Promise<void>
  /** As an upgrade does; resolves when the process has ended. */
  drain(): Promise<void>
}

export interface RunningCluster {
  url: string
  nodes: ClusterNode[]
  /** Of each node, in their order: for the operator's commands. */
  dataDirs: string[]
  balancer: Balancer
  /** A single-use sign-in code, from the first node. */
  codeFor(person: string): Promise<string>
  stop(): Promise<void>
}

export async function startCluster(options: ClusterOptions): Promise<RunningCluster> {
  const port = options.port ?? (await freePort())
  const url = `http://localhost:${port}`
  const folders = Array.from({ length: options.nodes }, (_, index) =>
    join(options.folder, `node-${index + 1}`),
  )
  const logDir = join(options.folder, 'logs')
  for (const folder of [logDir, ...folders]) await mkdir(folder, { recursive: true })
  const environment = {
    MONGODB_URI: options.mongoUri,
    REDIS_URL: options.redisUrl,
    PUBLIC_URL: url,
    APP_ORIGINS: `http://127.0.0.1:${port}`,
    ...options.environment,
  }
  const nodes: ClusterNode[] = []
  for (const dataDir of folders) nodes.push(await makeNode({ dataDir, logDir, environment }))
  const stopNodes = () => Promise.all(nodes.map((node) => node.drain()))
  try {
    // One that is still starting when another fails must be stopped as well.
    const starts = await Promise.allSettled(nodes.map((node) => node.up()))
    for (const start of starts) if (start.status === 'rejected') throw start.reason
    const balancer = await startBalancer(
      nodes.map((node) => node.port),
      port,
    )
    return {
      ...{ url, nodes, balancer, dataDirs: folders },
      codeFor: (person) => codeFor(folders[0] ?? '', person),
      async stop() {
        await balancer.close()
        await stopNodes()
      },
    }
  } catch (error) {
    await stopNodes()
    throw error
  }
}

interface Place {
  dataDir: string
  logDir: string
  environment: Record<string, string>
}

async function makeNode(place: Place): Promise<ClusterNode> {
  const port = await freePort()
  let running: RelayProcess | undefined
  const end = async (how: 'stop' | 'kill') => {
    await running?.[how]()
    running = undefined
  }
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    process: () => running,
    async up() {
      running = await startRelayProcess({ ...place, port })
    },
    kill: () => end('kill'),
    drain: () => end('stop'),
  }
}

async function codeFor(dataDir: string, person: string): Promise<string> {
  const asked = await ask<{ code: string }>(dataDir, 'code', person)
  asked?.end()
  if (!asked?.answer.ok) throw new Error('no code was issued')
  return asked.answer.value.code
}
