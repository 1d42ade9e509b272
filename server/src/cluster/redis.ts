/**
 * Purpose: the connections to Redis. Commands fail at once while it is away, so that nobody waits and nothing piles up;
 * what listens waits for it to come back, for ever.
 * Source: what `@socket.io/redis-streams-adapter` asks of an ioredis client. Not concerned with what is said.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { StartRefusal } from '../config.ts'

const READY_WITHIN_MS = 5_000
const COMMAND_MS = 1_000
const RECONNECT_AT_MOST_MS = 1_000
const READ_AGAIN_AFTER_MS = 500
/** Every node says something each two seconds (`open-cluster.ts`), to itself too: a connection silent for so long is dead. */
const SILENT_AT_MOST_MS = 7_000
const patience = {
  socketTimeout: SILENT_AT_MOST_MS,
  retryStrategy: (times: number) => Math.min(50 * times, RECONNECT_AT_MOST_MS),
}

export interface RedisConnections {
  /** Its commands reject while Redis is away. */
  commands: Redis
  /** As the adapter wants it: publishing never rejects, and its copies wait. */
  forAdapter: object
  /** A call of another node would arrive. */
  isHearing(): boolean
  /** Called each time that calls can arrive again. */
  onHearing(listener: () => void): void
  close(): void
}

/** The address may hold a password: it is in no sentence. Throws StartRefusal. */
export async function connectRedis(url: string): Promise<RedisConnections> {
  const commands = new Redis(url, {
    ...patience,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_MS,
    connectTimeout: READY_WITHIN_MS,
  })
  // Each failed command says it too.
  commands.on('error', () => undefined)
  try {
    await untilReady(commands)
  } catch {
    commands.disconnect()
    throw new StartRefusal('REDIS_URL names a Redis that does not answer, or refuses us.')
  }
  const copies: Redis[] = []
  const listeners: (() => void)[] = []
  const isReady = ({ status }: Redis) => status === 'ready'
  const isHearing = () => isReady(commands) && copies.every(isReady)
  let isClosed = false
  let heardAtMs = performance.now()
  const watch = setInterval(() => {
    if (performance.now() - heardAtMs < SILENT_AT_MOST_MS) return
    heardAtMs = performance.now()
    // Connected, it seems, to somebody who is no longer there.
    for (const copy of copies) if (isReady(copy)) copy.disconnect(true)
  }, 1_000)
  watch.unref()
  const duplicate = () => {
    const copy = new Redis(url, { ...patience, maxRetriesPerRequest: null })
    copy.on('error', () => undefined)
    readCalmly(copy, () => isClosed)
    copy.on('messageBuffer', () => {
      heardAtMs = performance.now()
    })
    copy.on('ready', () => {
      if (isHearing()) for (const listener of listeners) listener()
    })
    copies.push(copy)
    return copy
  }
  commands.on('ready', () => {
    if (isHearing()) for (const listener of listeners) listener()
  })
  return {
    commands,
    forAdapter: {
      options: {},
      duplicate,
      publish: (channel: string, message: Buffer) => commands.publish(channel, message).catch(() => 0),
      xadd: (args: string[]) => commands.call('XADD', args).catch(() => null),
    },
    isHearing,
    onHearing: (listener) => void listeners.push(listener),
    close() {
      isClosed = true
      clearInterval(watch)
      for (const connection of [commands, ...copies]) connection.disconnect()
    },
  }
}

/**
 * The adapter reads its stream again the moment a read has ended, however it ended. One that is refused at once would keep
 * the process busy, and one on a closed connection would never let it do anything else: so a failure waits, and after the
 * end no read returns.
 */
function readCalmly(copy: Redis, isClosed: () => boolean): void {
  const read = copy.xread.bind(copy) as (...request: unknown[]) => Promise<unknown>
  const xread = async (...request: unknown[]) => {
    const found = isClosed() ? null : await read(...request).catch(() => undefined)
    if (found === undefined && !isClosed()) await sleep(READ_AGAIN_AFTER_MS, undefined, { ref: false })
    return isClosed() ? new Promise(() => {}) : (found ?? null)
  }
  Object.assign(copy, { xread })
}

function untilReady(redis: Redis): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('too late')), READY_WITHIN_MS)
    redis.once('ready', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
