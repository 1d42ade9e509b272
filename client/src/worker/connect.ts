/**
 * The page's side: a `Pli` in front of the worker that holds the real one. Refusals come back as `ClientError`.
 * Also tells the worker when somebody touches the page, and when the network or the page came back: a worker sees
 * neither. Not concerned with drawing.
 */
import type { Live, LocalAccount, LocalAccountId, Messenger, Pli } from '../api.ts'
import { ClientError } from '../errors.ts'
import {
  ACCOUNTS,
  CONVERSATION,
  type FromWorker,
  fromPlainError,
  messengerLives,
  messengerMethods,
  PLI_TARGET,
  pliMethods,
  type StartMessage,
  type Target,
  type ToWorker,
} from './messages.ts'
import { passHints } from './page-hints.ts'
import type { Port } from './port.ts'
import { createRemoteLive } from './remote-live.ts'
import { readTabId } from './tab-id.ts'

export interface ConnectOptions {
  /** Of the relay, when the app was not loaded from it. */
  relayOrigin?: string
}

/** Conversations whose last snapshot is kept for coming back to. */
const CONVERSATIONS_KEPT = 30

/** `worker`: `new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })`. */
export function connectPli(worker: Port, options: ConnectOptions = {}): Pli {
  const line = openLine(worker)
  const start: StartMessage = { type: 'start', tabId: readTabId(), ...options }
  line.send(start)
  passHints(line.send)
  const messengers = new Map<LocalAccountId, Messenger>()
  const accounts = line.live<LocalAccount[]>(PLI_TARGET, ACCOUNTS)
  // Always watched: whether an account is unlocked must be known the moment somebody asks for its messenger.
  accounts.subscribe(() => {
    for (const { localId, unlocked } of accounts.get() ?? []) if (!unlocked) messengers.delete(localId)
  })
  return {
    ...callsOf<Pli, (typeof pliMethods)[number]>(line, PLI_TARGET, pliMethods),
    accounts,
    messenger: (localId) => {
      const account = accounts.get()?.find((candidate) => candidate.localId === localId)
      if (!account?.unlocked) throw new ClientError('locked')
      const messenger = messengers.get(localId) ?? createRemoteMessenger(line, localId)
      messengers.set(localId, messenger)
      return messenger
    },
  }
}

function createRemoteMessenger(line: Line, localId: LocalAccountId): Messenger {
  const conversations = new Map<string, ReturnType<Messenger['conversation']>>()
  const lives = Object.fromEntries(messengerLives.map((name) => [name, line.live(localId, name)]))
  return {
    localId,
    // The table names exactly the live values of a messenger.
    ...(lives as Pick<Messenger, (typeof messengerLives)[number]>),
    ...callsOf<Messenger, (typeof messengerMethods)[number]>(line, localId, messengerMethods),
    conversation: (...args) => {
      const place = JSON.stringify(args)
      const live = conversations.get(place) ?? line.live(localId, CONVERSATION, args)
      // Least recently asked for goes first.
      conversations.delete(place)
      conversations.set(place, live)
      const [oldest] = conversations.keys()
      if (conversations.size > CONVERSATIONS_KEPT && oldest !== undefined) conversations.delete(oldest)
      return live
    },
  }
}

interface Line {
  send(message: ToWorker): void
  call(target: Target, method: string, args: unknown[]): Promise<unknown>
  live<T>(target: Target, name: string, args?: unknown[]): Live<T>
}

interface Waiting {
  resolve(value: unknown): void
  reject(error: unknown): void
}

function openLine(port: Port): Line {
  const calls = new Map<number, Waiting>()
  const watches = new Map<number, (value: unknown) => void>()
  let lastNumber = 0
  let heard = false
  let dead = false
  const send = (message: ToWorker) => port.postMessage(message)
  port.addEventListener('message', (event: MessageEvent<FromWorker>) => {
    const message = event.data
    heard = true
    if (message.type === 'value') return watches.get(message.watch)?.(message.value)
    const waiting = calls.get(message.call)
    calls.delete(message.call)
    if (message.type === 'answer') waiting?.resolve(message.value)
    else waiting?.reject(fromPlainError(message.error))
  })
  port.addEventListener('error', () => {
    // One that has spoken is alive: what it did not catch is not about these calls.
    if (heard) return
    dead = true
    for (const { reject } of calls.values()) reject(new ClientError('unavailable'))
    calls.clear()
  })
  return {
    send,
    call: (target, method, args) =>
      new Promise((resolve, reject) => {
        if (dead) return reject(new ClientError('unavailable'))
        lastNumber += 1
        calls.set(lastNumber, { resolve, reject })
        send({ type: 'call', call: lastNumber, target, method, args })
      }),
    live: (target, live, args = []) =>
      createRemoteLive((push) => {
        lastNumber += 1
        const watch = lastNumber
        watches.set(watch, push)
        send({ type: 'watch', watch, target, live, args })
        return () => {
          watches.delete(watch)
          send({ type: 'unwatch', watch })
        }
      }),
  }
}

function callsOf<T, K extends keyof T & string>(line: Line, target: Target, names: readonly K[]): Pick<T, K> {
  const calls = names.map((name) => [name, (...args: unknown[]) => line.call(target, name, args)])
  // The worker's method of this name has exactly this type; promises and plain data pass through unchanged.
  return Object.fromEntries(calls) as Pick<T, K>
}
