/**
 * Where the person is, and how they move: the fragment and the browser's own history, so that a phone's back gesture
 * does what the arrow on the screen does. Not concerned with what a route shows.
 */
import { useMemo, useSyncExternalStore } from 'react'
import { parseRoute, type Route, routeHref } from './route.ts'

/** What the sign-in left in the address: a ticket to redeem, or the code of a refusal. */
export type SignInReturn = { ticket: string } | { errorCode: string }

/**
 * Takes a ticket or a refusal out of the address at once: neither must stay in the history, nor be read twice.
 * To be called once, before anything is drawn.
 */
export function takeSignInReturn(): SignInReturn | undefined {
  const fields = new URLSearchParams(location.hash.slice(1))
  const ticket = fields.get('ticket')
  const errorCode = fields.get('sign-in-error')
  if (ticket === null && errorCode === null) return
  history.replaceState(null, '', '#/')
  return ticket === null ? { errorCode: errorCode ?? 'unknown' } : { ticket }
}

const listeners = new Set<() => void>()
/** How many entries of this app lie behind the present one; kept in each entry, so that it survives a reload. */
let depth = readDepth() ?? 0

function readDepth(): number | undefined {
  const state: unknown = history.state
  const kept = typeof state === 'object' && state !== null && 'depth' in state ? state.depth : undefined
  return typeof kept === 'number' ? kept : undefined
}

function subscribe(listener: () => void): () => void {
  if (listeners.size === 0) addEventListener('popstate', onHistory)
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) removeEventListener('popstate', onHistory)
  }
}

function onHistory() {
  const kept = readDepth()
  // An entry without a depth is new: a link was followed, or an address typed.
  depth = kept ?? depth + 1
  if (kept === undefined) history.replaceState({ depth }, '')
  tell()
}

function tell() {
  for (const listener of listeners) listener()
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(subscribe, () => location.hash)
  return useMemo(() => parseRoute(hash), [hash])
}

export function navigate(route: Route, how: 'push' | 'replace' = 'push') {
  const href = routeHref(route)
  if (how === 'replace') history.replaceState({ depth }, '', href)
  else if (href !== routeHref(parseRoute(location.hash))) {
    depth += 1
    history.pushState({ depth }, '', href)
  }
  tell()
}

/** Back to where the person came from; to `parent` when they came here from outside the app. */
export function goBack(parent: Route) {
  if (depth > 0) history.back()
  else navigate(parent, 'replace')
}
