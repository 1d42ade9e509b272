/**
 * Purpose: a node that leaves lets its devices go one after the other, so that those that stay are not asked by all of
 * them at once. Before that it waits, until whoever balances the load has noticed and sends nobody back here.
 * Not concerned with requests, which are answered until the end.
 */
import type { Connections } from '../domain/relay/connections.ts'

const EVERY_MS = 100
/** Of the time there is; balancers ask every few seconds. */
const WAIT_SHARE = 1 / 3

/** @param withinMs how long the node still is here. Returns what ends it. */
export function letDevicesGo(
  connections: Pick<Connections, 'addresses' | 'close'>,
  withinMs: number,
): () => void {
  const beganAtMs = performance.now()
  const timer = setInterval(() => {
    const leftMs = withinMs - (performance.now() - beganAtMs)
    if (leftMs > withinMs * (1 - WAIT_SHARE)) return
    const here = connections.addresses()
    const turns = Math.max(1, Math.floor(leftMs / EVERY_MS))
    for (const address of here.slice(0, Math.ceil(here.length / turns))) connections.close(address)
  }, EVERY_MS)
  return () => clearInterval(timer)
}
