/** Envelopes that waited while devices were away, and how fast they go once all come back at once. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Wire } from './device.ts'
import { makeContent, openInGroups, openLine, type Pair } from './pairs.ts'

export interface DrainRequest {
  wire: Wire
  url: string
  pairs: Pair[]
  bytes: number
  envelopes: number
}

const AT_ONCE = 50
const SUBMITTED_AT_ONCE = 8
const PATIENCE_MS = 120_000

/** Envelopes per second, from the first device's return until the last envelope's deletion is answered. */
export async function measureDrain(request: DrainRequest): Promise<number> {
  await fillQueues(request)
  const { wire, url, pairs, envelopes } = request
  let deleted = 0
  const acknowledged = (count: number) => {
    deleted += count
  }
  const startedMs = performance.now()
  const lines = await openInGroups(pairs, AT_ONCE, ({ to }) =>
    openLine(wire, url, to, { delivered: () => {}, acknowledged }),
  )
  while (deleted < envelopes) {
    if (performance.now() - startedMs > PATIENCE_MS) throw new Error(`${envelopes - deleted} never came`)
    await sleep(1)
  }
  const rate = (envelopes / (performance.now() - startedMs)) * 1000
  for (const line of lines) line.close()
  return rate
}

async function fillQueues({ wire, url, pairs, bytes, envelopes }: DrainRequest): Promise<void> {
  const content = makeContent(bytes)
  const each = envelopes / pairs.length
  await openInGroups(pairs, pairs.length, async ({ from, to }) => {
    const line = await openLine(wire, url, from, { delivered: () => {}, acknowledged: () => {} })
    await new Promise<void>((resolve) => {
      let [sent, answered] = [0, 0]
      const submit = () => {
        sent += 1
        line.submit(to, content, () => {
          answered += 1
          if (answered === each) resolve()
          else if (sent < each) submit()
        })
      }
      while (sent < Math.min(each, SUBMITTED_AT_ONCE)) submit()
    })
    line.close()
  })
}
