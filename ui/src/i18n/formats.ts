/**
 * Times, durations, sizes, in the reader's language. Source: ECMA-402.
 * Not concerned with words around them (the catalogues), nor with the clock (`use-now.ts`).
 */
import type { Language } from '@pli/client'
import { localeOf } from './catalogue.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

export interface Formats {
  /** 10:18 */
  time(atMs: number): string
  /** Tuesday 17 November; with the year when it is another one. */
  day(atMs: number, nowMs: number): string
  /** 17 November 2026 */
  date(atMs: number): string
  /** 17/11 */
  shortDate(atMs: number): string
  weekday(atMs: number): string
  /** 45 sec, 9 min, 2 hr, 3 days: one unit, rounded up so that nobody is promised less than there is to wait. */
  duration(ms: number): string
  /** 184 kB, 1.8 MB */
  size(bytes: number): string
}

export function makeFormats(language: Language): Formats {
  const locale = localeOf[language]
  const date = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options)
  const time = date({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  const day = date({ weekday: 'long', day: 'numeric', month: 'long' })
  const dayOfYear = date({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
  const full = date({ day: 'numeric', month: 'long', year: 'numeric' })
  const short = date({ day: '2-digit', month: '2-digit' })
  const weekday = date({ weekday: 'short' })
  const unit = (name: string, value: number, digits = 0) =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: name, maximumFractionDigits: digits }).format(value)
  return {
    time: (atMs) => time.format(atMs),
    day: (atMs, nowMs) =>
      (new Date(atMs).getFullYear() === new Date(nowMs).getFullYear() ? day : dayOfYear).format(atMs),
    date: (atMs) => full.format(atMs),
    shortDate: (atMs) => short.format(atMs),
    weekday: (atMs) => weekday.format(atMs),
    duration: (ms) => {
      if (ms < MINUTE_MS) return unit('second', Math.ceil(ms / 1000))
      if (ms < HOUR_MS) return unit('minute', Math.ceil(ms / MINUTE_MS))
      if (ms < 2 * DAY_MS) return unit('hour', Math.round(ms / HOUR_MS))
      return unit('day', Math.round(ms / DAY_MS))
    },
    size: (bytes) => {
      if (bytes < 1_000_000) return unit('kilobyte', Math.max(1, Math.round(bytes / 1000)))
      return bytes < 1e9 ? unit('megabyte', bytes / 1e6, 1) : unit('gigabyte', bytes / 1e9, 1)
    },
  }
}

/** Whole calendar days from one moment to another, in the reader's zone: 0 today, 1 tomorrow, -1 yesterday. */
export function daysBetween(fromMs: number, toMs: number): number {
  const midnight = (ms: number) => new Date(ms).setHours(0, 0, 0, 0)
  return Math.round((midnight(toMs) - midnight(fromMs)) / DAY_MS)
}
