/**
 * The device's line to the relay: connects, reconnects for ever with backoff, tells what state it is in.
 * Not concerned with what is sent or received, nor with sending again what was not answered: the outbox does.
 */
import type { Delivery } from '@pli/protocol/wire'
import type { Live } from '../api.ts'
import { ClientError } from '../errors.ts'
import { createLive } from '../live/live-value.ts'
import { backoffMs } from './backoff.ts'
import { openRelaySocket, type RelaySocket } from './relay-socket.ts'

/** Why a line is cut whose person may not practise now, and the code that refuses it then. */
const SUSPENDED = 'licence_inactive'

const RECONNECT = { firstMs: 500, mostMs: 60_000 }
/** A connection counts as good after this long: one that breaks at once does not reset the backoff. */
const STABLE_AFTER_MS = 10_000

/** A licence comes back by the register: nobody waits at the screen for it. */
const SUSPENDED_RETRY_MS = 5 * 60_000

const PROBE_TIMEOUT_MS = 4_000

export type LineState =
  | { state: 'connecting'; nextTryAtMs?: number }
  | { state: 'online'; drained: boolean }
  | { state: 'revoked'; reason: string }
  | { state: 'closed' }

export interface Connection extends Pick<RelaySocket, 'submit' | 'acknowledge' | 'outcomes'> {
  readonly state: Live<LineState>
  /** Something says that a try might succeed now: the network is back, the page is looked at. */
  wake(): void
  /** Ends for good, as a revocation does, for a reason of this device's own. */
  giveUp(reason: string): void
  close(): void
}

export interface ConnectionOptions {
  origin: string
  deviceToken: string
  delivered(delivery: Delivery): void
  /** What this person is asked to answer for, or answers for, has changed. */
  guaranteesChanged(): void
  nowMs(): number
}

export function openConnection(options: ConnectionOptions): Connection {
  const state = createLive<LineState>({ state: 'connecting' })
  let socket: RelaySocket | undefined
  let failures = 0
  let retry: ReturnType<typeof setTimeout> | undefined
  let stable: ReturnType<typeof setTimeout> | undefined

  const isOver = () => {
    const now = state.get()
    return now?.state === 'closed' || (now?.state === 'revoked' && now.reason !== SUSPENDED)
  }
  const finish = (last: LineState) => {
    clearTimeout(retry)
    clearTimeout(stable)
    state.set(last)
    socket?.close()
    socket = undefined
  }
  const isSuspended = () => state.get()?.state === 'revoked'
  /** Not for good: with the licence the same token opens the line again. */
  const suspend = () => {
    state.set({ state: 'revoked', reason: SUSPENDED })
    clearTimeout(retry)
    retry = setTimeout(connect, SUSPENDED_RETRY_MS)
  }
  const connect = () => {
    if (isOver() || socket !== undefined) return
    clearTimeout(retry)
    if (!isSuspended()) state.set({ state: 'connecting' })
    socket = openRelaySocket(options.origin, options.deviceToken, {
      connected: () => {
        stable = setTimeout(() => {
          failures = 0
        }, STABLE_AFTER_MS)
        state.set({ state: 'online', drained: false })
      },
      delivered: options.delivered,
      guarantees: options.guaranteesChanged,
      drained: () => state.set({ state: 'online', drained: true }),
      revoked: ({ reason }) => (reason === SUSPENDED ? suspend() : finish({ state: 'revoked', reason })),
      ended: (code) => {
        socket = undefined
        clearTimeout(stable)
        if (isOver()) return
        if (code === 'unauthenticated' || code === 'device_revoked') {
          return finish({ state: 'revoked', reason: 'removed' })
        }
        if (code === SUSPENDED || isSuspended()) return suspend()
        failures += 1
        const waitMs = backoffMs(failures, RECONNECT)
        retry = setTimeout(connect, waitMs)
        state.set({ state: 'connecting', nextTryAtMs: options.nowMs() + waitMs })
      },
    })
  }
  connect()

  /** After a change of network or a long sleep a socket may be dead without knowing: its heartbeat takes a minute. */
  const probe = async (probed: RelaySocket) => {
    if (state.get()?.state !== 'online' || (await probed.isAlive(PROBE_TIMEOUT_MS)) || socket !== probed)
      return
    probed.close()
    socket = undefined
    clearTimeout(stable)
    connect()
  }
  const current = (): RelaySocket => {
    if (socket === undefined || state.get()?.state !== 'online') throw new ClientError('offline')
    return socket
  }
  return {
    state,
    submit: async (submission) => current().submit(submission),
    acknowledge: async (sequences) => current().acknowledge(sequences),
    outcomes: async (keys) => current().outcomes(keys),
    wake: () => {
      if (socket === undefined) connect()
      else void probe(socket)
    },
    giveUp: (reason) => finish({ state: 'revoked', reason }),
    close: () => finish({ state: 'closed' }),
  }
}
