/**
 * The present moment, for countdowns. One timer per period, however many rows look at it.
 * Not concerned with the relay's clock: a deadline is the writer's.
 */
import { useSyncExternalStore } from 'react'

interface Ticker {
  now: number
  listeners: Set<() => void>
  timer: ReturnType<typeof setInterval> | undefined
  subscribe: (listener: () => void) => () => void
}

const tickers = new Map<number, Ticker>()

function makeTicker(everyMs: number): Ticker {
  const ticker: Ticker = {
    now: Date.now(),
    listeners: new Set(),
    timer: undefined,
    subscribe(listener) {
      ticker.listeners.add(listener)
      if (ticker.listeners.size === 1) {
        ticker.now = Date.now()
        ticker.timer = setInterval(() => {
          ticker.now = Date.now()
          for (const each of ticker.listeners) each()
        }, everyMs)
      }
      return () => {
        ticker.listeners.delete(listener)
        if (ticker.listeners.size === 0) clearInterval(ticker.timer)
      }
    },
  }
  return ticker
}

export function useNow(everyMs = 15_000): number {
  let ticker = tickers.get(everyMs)
  if (!ticker) {
    ticker = makeTicker(everyMs)
    tickers.set(everyMs, ticker)
  }
  const { subscribe } = ticker
  return useSyncExternalStore(subscribe, () => tickers.get(everyMs)?.now ?? Date.now())
}
