/**
 * The worker's side: answers calls on a `Pli` and its messengers, and pushes the values that the page watches.
 * Values that change several times in one turn are pushed once; what changed before an answer is pushed before it.
 * Not concerned with starting the `Pli` (`worker.ts`).
 */
import type { Live, LocalAccountId } from '../api.ts'
import { ClientError } from '../errors.ts'
import type { RunningPli } from '../pli.ts'
import {
  ACCOUNTS,
  CONVERSATION,
  type FromWorker,
  messengerLives,
  messengerMethods,
  PLI_TARGET,
  pliMethods,
  type Target,
  type ToWorker,
  toPlainError,
} from './messages.ts'
import type { Port } from './port.ts'

type Call = (...args: unknown[]) => Promise<unknown>

/** Serves every message that comes over `port`. `pli` may still be starting. */
export function servePli(pli: Promise<RunningPli>, port: Port): (message: ToWorker) => void {
  // Who calls is told; that nobody called yet is no second failure.
  pli.catch(() => {})
  const send = (message: FromWorker, transfer: Transferable[] = []) => port.postMessage(message, { transfer })
  const pushes = createPushes((watch, value) => send({ type: 'value', watch, value }))
  const answer = async (message: ToWorker & { type: 'call' }) => {
    const { call, method } = message
    try {
      const value = await findMethod(await pli, message.target, method)(...message.args)
      pushes.flush()
      send({ type: 'answer', call, value }, method === 'photo' ? buffersOf(value) : [])
    } catch (error) {
      reportUnexpected(error)
      pushes.flush()
      send({ type: 'refusal', call, error: toPlainError(error) })
    }
  }
  const watch = async (message: ToWorker & { type: 'watch' }) => {
    try {
      pushes.start(message.watch, findLive(await pli, message.target, message.live, message.args))
    } catch (error) {
      // Locked meanwhile: no value will come, and the page knows from the list of accounts.
      reportUnexpected(error)
    }
  }
  // One that could not start says so to every call; a hint to it is nothing.
  const hint = (give: (running: RunningPli) => void) => void pli.then(give, () => {})
  return (message) => {
    if (message.type === 'call') void answer(message)
    else if (message.type === 'watch') void watch(message)
    else if (message.type === 'unwatch') pushes.stop(message.watch)
    else if (message.type === 'activity') hint((running) => running.noteActivity())
    else if (message.type === 'wake') hint((running) => running.wake())
  }
}

function findMethod(pli: RunningPli, target: Target, method: string): Call {
  const names: readonly string[] = target === PLI_TARGET ? pliMethods : messengerMethods
  if (!names.includes(method)) throw new ClientError('bad_request')
  const holder: object = target === PLI_TARGET ? pli : pli.messenger(target as LocalAccountId)
  // The table lists methods only; their arguments are typed on the page's side.
  const found = Reflect.get(holder, method) as Call
  return (...args) => found.apply(holder, args)
}

function findLive(pli: RunningPli, target: Target, name: string, args: unknown[]): Live<unknown> {
  if (target === PLI_TARGET) {
    if (name !== ACCOUNTS) throw new ClientError('bad_request')
    return pli.accounts
  }
  const messenger = pli.messenger(target as LocalAccountId)
  if (name === CONVERSATION)
    return messenger.conversation(...(args as Parameters<typeof messenger.conversation>))
  const known = messengerLives.find((candidate) => candidate === name)
  if (known === undefined) throw new ClientError('bad_request')
  return messenger[known]
}

/** Watched values, each pushed at most once per turn of the event loop. */
function createPushes(push: (watch: number, value: unknown) => void) {
  const watched = new Map<number, { live: Live<unknown>; stop: () => void }>()
  const stopped = new Set<number>()
  const due = new Set<number>()
  const flush = () => {
    const now = [...due]
    due.clear()
    for (const watch of now) {
      const entry = watched.get(watch)
      const value = entry?.live.get()
      if (value !== undefined) push(watch, value)
    }
  }
  const schedule = (watch: number) => {
    if (due.size === 0) setTimeout(flush)
    due.add(watch)
  }
  return {
    flush,
    start: (watch: number, live: Live<unknown>) => {
      // `unwatch` overtook a `watch` that was waiting for the start.
      if (stopped.delete(watch)) return
      watched.set(watch, { live, stop: live.subscribe(() => schedule(watch)) })
      schedule(watch)
    },
    stop: (watch: number) => {
      const entry = watched.get(watch)
      if (entry === undefined) stopped.add(watch)
      entry?.stop()
      watched.delete(watch)
      due.delete(watch)
    },
  }
}

/** Fresh bytes that nobody keeps: handed over rather than copied. */
function buffersOf(value: unknown): Transferable[] {
  const whole = value instanceof Uint8Array && value.byteLength === value.buffer.byteLength
  return whole && value.buffer instanceof ArrayBuffer ? [value.buffer] : []
}

/** A defect of ours. Its message may quote anything: only where it happened is said. */
function reportUnexpected(error: unknown): void {
  if (error instanceof ClientError) return
  const [, ...frames] = error instanceof Error ? (error.stack?.split('\n') ?? []) : []
  console.error('internal', error instanceof Error ? error.name : typeof error, frames.join('\n'))
}
