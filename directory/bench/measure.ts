// The measured process: reads a register from a file into an index, asks the mix, and says on one line of standard
// output how long that took and how much memory it has. Nothing else happens in it, so its memory is the index's.
// Not concerned with making people (make-people.ts) nor with printing (search.ts).

import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { createDirectoryIndexBuilder, type DirectoryIndex, type Person } from '../src/index.ts'
import { percentile } from './figures.ts'
import { makeMix } from './search-mix.ts'

export interface Measured {
  readonly roles: number
  readonly people: number
  /** from the first line read to the index that answers */
  readonly rolesPerSecond: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
  readonly slowestMs: number
  /** the 99th percentile of the processor's time: what the clock would say on a machine with nothing else to do */
  readonly p99ProcessorMs: number
  /** the 99th percentile of each kind of question */
  readonly p99MsOfKind: Readonly<Record<string, number>>
  /** right after the index was made, before any collection that was asked for */
  readonly residentAfterBuildingMb: number
  /** the most that the process ever had */
  readonly residentAtMostMb: number
}

const SEED = 11
const WARM_UP = 300
const SEARCHES = 6_000
const SAMPLE_EVERY = 97
const MB = 1024 * 1024

async function main(): Promise<void> {
  const [file = ''] = process.argv.slice(2)
  const startedAtMs = performance.now()
  const builder = createDirectoryIndexBuilder()
  const sample: Person[] = []
  let people = 0
  for await (const line of createInterface({
    input: createReadStream(file),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    const person = JSON.parse(line) as Person
    builder.add(person)
    if (people++ % SAMPLE_EVERY === 0) sample.push(person)
  }
  const roles = builder.roleCount
  const index = builder.finish()
  const buildMs = performance.now() - startedAtMs
  const residentAfterBuildingMb = process.memoryUsage.rss() / MB
  const times = search(index, sample)
  const all = times.map(({ ms }) => ms)
  const kinds = [...new Set(times.map(({ kind }) => kind))]
  const measured: Measured = {
    roles,
    people,
    rolesPerSecond: roles / (buildMs / 1000),
    p50Ms: percentile(all, 0.5),
    p95Ms: percentile(all, 0.95),
    p99Ms: percentile(all, 0.99),
    slowestMs: Math.max(...all),
    p99ProcessorMs: percentile(
      times.map(({ processorMs }) => processorMs),
      0.99,
    ),
    p99MsOfKind: Object.fromEntries(
      kinds.map((kind) => [
        kind,
        percentile(
          times.filter((time) => time.kind === kind).map(({ ms }) => ms),
          0.99,
        ),
      ]),
    ),
    residentAfterBuildingMb,
    // In kilobytes.
    residentAtMostMb: process.resourceUsage().maxRSS / 1024,
  }
  process.stdout.write(`${JSON.stringify(measured)}\n`)
}

interface Timed {
  readonly kind: string
  readonly ms: number
  readonly processorMs: number
}

function search(index: DirectoryIndex, sample: readonly Person[]): Timed[] {
  const mix = makeMix(sample, WARM_UP + SEARCHES, SEED)
  // As in life: some are reachable, and the searcher is somewhere.
  const reachable = index.mark(sample.map(({ personId }) => personId))
  const options = { limit: 20, offset: 0, nearNsi: '21009', reachable }
  const times = mix.map(({ kind, query }) => {
    const processor = process.cpuUsage()
    const startedAtMs = performance.now()
    index.search(query, options)
    const ms = performance.now() - startedAtMs
    const { user, system } = process.cpuUsage(processor)
    return { kind, ms, processorMs: (user + system) / 1000 }
  })
  return times.slice(WARM_UP)
}

await main()
