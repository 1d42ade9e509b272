/**
 * Whether a time exists. A relay's word or a correspondent's may be any number, and one beyond the calendar's end makes
 * every attempt to write it as a date throw, in the middle of drawing a screen. Source: ECMA-262, "Time Values".
 * Not concerned with whether a time is likely.
 */
const LAST_MS = 8.64e15

export function isCalendarTime(ms: number): boolean {
  return Number.isFinite(ms) && Math.abs(ms) <= LAST_MS
}

/** Of everything named `atMs` or `…AtMs` in an answer that was parsed, however deep. */
export function hasCalendarTimes(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return true
  return Object.entries(value).every(([name, inner]) =>
    typeof inner === 'number' ? !/atMs$/i.test(name) || isCalendarTime(inner) : hasCalendarTimes(inner),
  )
}
