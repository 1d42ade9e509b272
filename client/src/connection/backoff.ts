/** How long to wait before the next try: doubling, capped, with jitter so that a thousand clients do not come at once. */
export interface BackoffLimits {
  firstMs: number
  mostMs: number
}

/** `failures`: tries that failed in a row, from 1. Between half of the full wait and all of it. */
export function backoffMs(failures: number, limits: BackoffLimits): number {
  const full = Math.min(limits.mostMs, limits.firstMs * 2 ** Math.min(failures - 1, 30))
  return Math.round(full * (0.5 + Math.random() / 2))
}
