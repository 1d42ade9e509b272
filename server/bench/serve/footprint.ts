/** What a server's process holds once it has thrown away what it can. */
import { setTimeout as sleep } from 'node:timers/promises'

const SAMPLES = 3
const BETWEEN_MS = 250

/** Resident memory in bytes: the least of several samples, each after a collection. */
export async function measureFootprint(): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    globalThis.gc?.()
    await sleep(BETWEEN_MS)
    least = Math.min(least, process.memoryUsage.rss())
  }
  return least
}
