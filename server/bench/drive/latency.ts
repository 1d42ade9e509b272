/** From the sender's call until the recipient has it, at a steady rate that nothing slows down. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Wire } from './device.ts'
import { makeContent, type OpenPair, openInGroups, openPair, type Pair } from './pairs.ts'

export interface LatencyRequest {
  wire: Wire
  url: string
  pairs: Pair[]
  bytes: number
  perSecond: number
  warmUpMs: number
  measureMs: number
}

const AT_ONCE = 50
const TICK_MS = 2
const PATIENCE_MS = 10_000

/** One latency in milliseconds per message, in no order. */
export async function measureLatency(request: LatencyRequest): Promise<number[]> {
  const { wire, url, pairs, bytes, perSecond, warmUpMs, measureMs } = request
  const latencies: number[] = []
  const load = { sent: 0, arrived: 0, measuring: false }
  const delivered = (content: Uint8Array) => {
    const sentMs = new DataView(content.buffer, content.byteOffset).getFloat64(0)
    load.arrived += 1
    if (load.measuring) latencies.push(performance.now() - sentMs)
  }
  const opened = await openInGroups(pairs, AT_ONCE, (pair) =>
    openPair(wire, url, pair, { delivered, acknowledged: () => {} }),
  )
  const startedMs = performance.now()
  while (performance.now() - startedMs < warmUpMs + measureMs) {
    load.measuring = performance.now() - startedMs > warmUpMs
    const due = Math.floor(((performance.now() - startedMs) / 1000) * perSecond)
    for (; load.sent < due; load.sent += 1) send(opened[load.sent % opened.length]!, bytes)
    await sleep(TICK_MS)
  }
  const deadlineMs = performance.now() + PATIENCE_MS
  while (load.arrived < load.sent && performance.now() < deadlineMs) await sleep(10)
  if (load.arrived < load.sent) throw new Error(`${load.sent - load.arrived} messages never arrived`)
  for (const { close } of opened) close()
  return latencies
}

function send(pair: OpenPair, bytes: number): void {
  const content = makeContent(bytes)
  new DataView(content.buffer, content.byteOffset).setFloat64(0, performance.now())
  pair.sender.submit(pair.to, content, () => {})
}
