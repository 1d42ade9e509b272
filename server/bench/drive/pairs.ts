/** Sender and recipient, both connected: what is counted, and the load that keeps a window full. */
import { randomBytes } from 'node:crypto'
import type { BenchDevice, Line, LineEvents, Wire } from './device.ts'
import { openSocketIoLine } from './socket-io-line.ts'
import { openWsLine } from './ws-line.ts'

export interface Pair {
  from: BenchDevice
  to: BenchDevice
}

export interface OpenPair extends Pair {
  sender: Line
  close(): void
}

export function openLine(wire: Wire, url: string, device: BenchDevice, events: LineEvents): Promise<Line> {
  return wire === 'ws' ? openWsLine(url, device, events) : openSocketIoLine(url, device, events)
}

/** Connects both ends; `events` are the recipient's. */
export async function openPair(wire: Wire, url: string, pair: Pair, events: LineEvents): Promise<OpenPair> {
  const recipient = await openLine(wire, url, pair.to, events)
  const sender = await openLine(wire, url, pair.from, { delivered: () => {}, acknowledged: () => {} })
  const close = () => {
    sender.close()
    recipient.close()
  }
  return { ...pair, sender, close }
}

/** In groups, as devices that come back do; none waits for all the others. */
export async function openInGroups<In, Out>(
  items: In[],
  atOnce: number,
  open: (item: In, index: number) => Promise<Out>,
): Promise<Out[]> {
  const opened: Out[] = []
  for (let at = 0; at < items.length; at += atOnce) {
    const group = items.slice(at, at + atOnce).map((item, index) => open(item, at + index))
    opened.push(...(await Promise.all(group)))
  }
  return opened
}

export function makeContent(bytes: number): Uint8Array {
  return new Uint8Array(randomBytes(bytes))
}
