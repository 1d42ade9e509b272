/** The driver's process: the devices of every subject, all alike, one measurement after another. */
import { answerParent } from './children.ts'
import type { BenchDevice, Wire } from './drive/device.ts'
import { measureDrain } from './drive/drain.ts'
import { openIdleLine } from './drive/idle-line.ts'
import { measureLatency } from './drive/latency.ts'
import { openInGroups } from './drive/pairs.ts'
import { invent, signIn } from './drive/sign-in.ts'
import { measureThroughput } from './drive/throughput.ts'

const CONNECTING_AT_ONCE = 100

let idle: (() => void)[] = []

answerParent({
  signIn: ({ url, proofs }: { url: string; proofs: { personId: string; code: string }[] }) =>
    signIn(url, proofs),
  invent: ({ first, count }: { first: number; count: number }) => invent(first, count),
  throughput: measureThroughput,
  latency: measureLatency,
  drain: measureDrain,
  connectIdle: async ({ wire, url, devices }: { wire: Wire; url: string; devices: BenchDevice[] }) => {
    idle = await openInGroups(devices, CONNECTING_AT_ONCE, (device) => openIdleLine(wire, url, device))
  },
  disconnectIdle: () => {
    for (const close of idle.splice(0)) close()
  },
  collect: () => globalThis.gc?.(),
})
