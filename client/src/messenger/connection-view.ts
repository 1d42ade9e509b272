/**
 * The state of the line as every tab shows it: the owner knows, the others read what it last wrote down.
 * Not concerned with connecting.
 */
import type { MessengerContext } from '../accounts/messenger-context.ts'
import type { ConnectionState, Live } from '../api.ts'
import type { LineState } from '../connection/connection.ts'
import { createLive, type LiveValue } from '../live/live-value.ts'
import { put } from '../store/record-store.ts'
import type { ConnectionStatusRecord } from './records.ts'

export type Line = LineState & { upToDate?: boolean }

export interface ConnectionWatch {
  live: Live<ConnectionState>
  /** Where the owner says what its line does. */
  line: LiveValue<Line>
  stop(): void
}

export async function watchConnection(context: MessengerContext): Promise<ConnectionWatch> {
  const { store, owner } = context
  const line = createLive<Line>({ state: 'connecting' })
  const live = createLive<ConnectionState>({ state: 'connecting' })
  let status = await store.get('connectionStatus', 'connection')
  let stopped = false

  const show = () => {
    if (stopped) return
    const owns = owner.fence.get() !== undefined
    const next = owns ? ownState(line.get()) : followedState(status)
    if (!sameState(live.get(), next)) live.set(next)
    if (owns) writeDown(next)
  }
  const writeDown = (state: ConnectionState) => {
    const record = statusOf(state)
    if (record === undefined || sameStatus(status, record)) return
    status = record
    // Only a hint for other tabs: what cannot be written is written the next time.
    store.commit([put('connectionStatus', 'connection', record)]).catch(() => {})
  }
  const stops = [
    owner.fence.subscribe(show),
    line.subscribe(show),
    store.onChange((changes) => {
      if (!changes.some(({ table }) => table === 'connectionStatus')) return
      store.get('connectionStatus', 'connection').then(
        (record) => {
          status = record
          show()
        },
        () => {},
      )
    }),
    watchNetwork(show),
  ]
  show()
  return {
    live,
    line,
    stop: () => {
      stopped = true
      for (const stop of stops) stop()
    },
  }
}

function ownState(line: Line | undefined): ConnectionState {
  if (line?.state === 'revoked') return { state: 'revoked', reason: line.reason }
  if (isNetworkDown()) return { state: 'offline' }
  if (line?.state === 'online') return { state: 'online', upToDate: line.upToDate === true }
  if (line?.state !== 'connecting' || line.nextTryAtMs === undefined) return { state: 'connecting' }
  return { state: 'connecting', nextTryAtMs: line.nextTryAtMs }
}

function followedState(status: ConnectionStatusRecord | undefined): ConnectionState {
  if (status?.revokedReason !== undefined) return { state: 'revoked', reason: status.revokedReason }
  const online = status?.online === true && !isNetworkDown()
  return { state: 'following', online, upToDate: online && status.upToDate }
}

function statusOf(state: ConnectionState): ConnectionStatusRecord | undefined {
  switch (state.state) {
    case 'revoked':
      return { online: false, upToDate: false, revokedReason: state.reason }
    case 'online':
      return { online: true, upToDate: state.upToDate }
    case 'following':
      return undefined
    default:
      return { online: false, upToDate: false }
  }
}

function sameStatus(a: ConnectionStatusRecord | undefined, b: ConnectionStatusRecord): boolean {
  return a?.online === b.online && a.upToDate === b.upToDate && a.revokedReason === b.revokedReason
}

function sameState(a: ConnectionState | undefined, b: ConnectionState): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** Where the platform knows: browsers do, Node does not. */
function isNetworkDown(): boolean {
  return globalThis.navigator?.onLine === false
}

function watchNetwork(changed: () => void): () => void {
  if (typeof globalThis.addEventListener !== 'function') return () => {}
  globalThis.addEventListener('online', changed)
  globalThis.addEventListener('offline', changed)
  return () => {
    globalThis.removeEventListener('online', changed)
    globalThis.removeEventListener('offline', changed)
  }
}
