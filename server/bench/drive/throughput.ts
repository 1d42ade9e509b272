/**
 * How many envelopes a second go all the way: submitted, acknowledged to the sender, delivered, acknowledged by the
 * recipient and deleted. Every pair keeps its window full; a place is free when both ends have their answer.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Wire } from './device.ts'
import { makeContent, type OpenPair, openInGroups, openPair, type Pair } from './pairs.ts'

export interface ThroughputRequest {
  wire: Wire
  url: string
  pairs: Pair[]
  window: number
  bytes: number
  warmUpMs: number
  measureMs: number
}

const AT_ONCE = 50
const PATIENCE_MS = 20_000

export interface Throughput {
  perSecond: number
  /** All that went through, in the warm-up too. */
  messages: number
  /** The driver's own processor time, for all of them. */
  driverMs: number
}

export async function measureThroughput(request: ThroughputRequest): Promise<Throughput> {
  const { wire, url, pairs, window, bytes, warmUpMs, measureMs } = request
  const content = makeContent(bytes)
  const load = { finished: 0, underWay: 0, running: true }
  const starts: (() => void)[] = []
  const opened = await openInGroups(pairs, AT_ONCE, async (pair) => {
    const progress = { sent: 0, answered: 0, acknowledged: 0, counted: 0 }
    const advance = () => {
      const through = Math.min(progress.answered, progress.acknowledged)
      load.finished += through - progress.counted
      load.underWay -= through - progress.counted
      progress.counted = through
      fill()
    }
    const acknowledged = (count: number) => {
      progress.acknowledged += count
      advance()
    }
    const answered = () => {
      progress.answered += 1
      advance()
    }
    const open: OpenPair = await openPair(wire, url, pair, { delivered: () => {}, acknowledged })
    const fill = () => {
      while (load.running && progress.sent - progress.counted < window) {
        progress.sent += 1
        load.underWay += 1
        open.sender.submit(open.to, content, answered)
      }
    }
    starts.push(fill)
    return open
  })
  const busyBefore = process.cpuUsage()
  for (const start of starts) start()
  await sleep(warmUpMs)
  const before = load.finished
  const startedMs = performance.now()
  await sleep(measureMs)
  const perSecond = ((load.finished - before) / (performance.now() - startedMs)) * 1000
  load.running = false
  await untilEmpty(load)
  const busy = process.cpuUsage(busyBefore)
  for (const { close } of opened) close()
  return { perSecond, messages: load.finished, driverMs: (busy.user + busy.system) / 1000 }
}

async function untilEmpty(load: { underWay: number }): Promise<void> {
  const deadlineMs = performance.now() + PATIENCE_MS
  while (load.underWay > 0) {
    if (performance.now() > deadlineMs) throw new Error(`${load.underWay} messages never came through`)
    await sleep(10)
  }
}
