/**
 * Clients that behave badly, one scenario each, on a relay with an installation's own limits: what they cost in memory,
 * and what others notice. Figures are printed; a scenario fails when memory is not bounded or others stand still.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { limits } from '@pli/protocol/wire'
import { type Child, startChild } from '../../server/bench/children.ts'
import type { BenchDevice } from '../../server/bench/drive/device.ts'
import { percentile } from '../../server/bench/report.ts'
import { BareDevice } from './bare-device.ts'
import { Network } from './network.ts'
import { RelayUnderTest } from './relay-under-test.ts'

export const scenarioNames = ['slow-reader', 'never-acknowledges', 'flood', 'idle'] as const
export type ScenarioName = (typeof scenarioNames)[number]

interface Stage {
  relay: RelayUnderTest
  driver: Child
  signIn(count: number): Promise<BenchDevice[]>
  progress(line: string): void
}

/** What it found, in names and numbers. Throws when a bound is broken. */
type Scenario = (stage: Stage) => Promise<Record<string, number | string>>

const ENVELOPES = 1_200
const BIG_BYTES = 16 * 1024
const IDLE_CONNECTIONS = 10_000
const MEGABYTE = 1024 * 1024
/** What a relay may hold for the worst reader: its window, what the garbage collector has not seen yet, and the sender's. */
const READER_MEGABYTES = 96
const IDLE_MEGABYTES_PER_1000 = 20

const scenarios: Record<ScenarioName, Scenario> = {
  'slow-reader': async (stage) => {
    const { relay } = stage
    const network = await Network.open(relay.port)
    try {
      const [from, to, ...others] = await stage.signIn(4)
      const reader = await BareDevice.connect(network.url, to!, { acknowledges: true })
      network.stopReading()
      return await burden(stage, from!, to!, others, reader)
    } finally {
      network.close()
    }
  },
  'never-acknowledges': async (stage) => {
    const [from, to, ...others] = await stage.signIn(4)
    const reader = await BareDevice.connect(stage.relay.url, to!, { acknowledges: false })
    const figures = await burden(stage, from!, to!, others, reader)
    if (reader.received > limits.deliveryWindowEnvelopes)
      throw new Error('more was in flight than the window')
    return { ...figures, 'envelopes in flight': reader.received }
  },
  flood: async (stage) => {
    const [from, to, ...others] = await stage.signIn(4)
    const flooder = await BareDevice.connect(stage.relay.url, from!, { acknowledges: true })
    const quiet = await roundTrips(stage, others)
    const before = await stage.relay.ask<number>('footprint')
    const flood = flooder.flood(to!, 20_000)
    const busy = await roundTrips(stage, others)
    const answers = await flood
    const grownBy = ((await stage.relay.ask<number>('footprint')) - before) / MEGABYTE
    if (answers.accepted > 1_000 || !answers.closed) throw new Error('the flood was not stopped')
    requireBounded(grownBy)
    return { ...answers, closed: String(answers.closed), 'MB more': grownBy, ...compare(quiet, busy) }
  },
  idle: async ({ relay, driver, signIn, progress }) => {
    const devices = await signIn(IDLE_CONNECTIONS + 2)
    progress(`${IDLE_CONNECTIONS} devices are signed in`)
    await relay.kill()
    await relay.up()
    const stage = { relay, driver, signIn, progress }
    const quiet = await roundTrips(stage, devices.slice(-2))
    const before = await relay.ask<number>('footprint')
    const connections = devices.slice(0, IDLE_CONNECTIONS)
    await driver.ask('connectIdle', { wire: 'socket.io', url: relay.url, devices: connections })
    const each = ((await relay.ask<number>('footprint')) - before) / 1e6 / (IDLE_CONNECTIONS / 1_000)
    const busy = await roundTrips(stage, devices.slice(-2))
    if (each > IDLE_MEGABYTES_PER_1000)
      throw new Error(`an idle connection costs too much: ${each.toFixed(1)} kB`)
    return { 'idle connections': IDLE_CONNECTIONS, 'MB per 1,000': each, ...compare(quiet, busy) }
  },
}

/** A flood meets an installation's own limits; the others are not about them. */
const rateLimitFactors: Record<ScenarioName, string> = {
  'slow-reader': '20',
  'never-acknowledges': '20',
  flood: '1',
  idle: '100000',
}

export async function playPressure(names: readonly ScenarioName[], progress: (line: string) => void) {
  for (const name of names) {
    const relay = await RelayUnderTest.start({
      BENCH_PEOPLE: name === 'idle' ? '25000' : '600',
      BENCH_RATE_LIMIT_FACTOR: rateLimitFactors[name],
    })
    const driver = startChild('./driver.ts')
    try {
      const signIn = async (count: number) =>
        driver.ask<BenchDevice[]>('signIn', { url: relay.url, proofs: await relay.ask('proofs', count) })
      const figures = await scenarios[name]({ relay, driver, signIn, progress })
      const words = Object.entries(figures).map(([what, value]) => `${what} ${shorten(value)}`)
      progress(`${name}: ${words.join(', ')}`)
    } finally {
      await driver.stop()
      await relay.end()
    }
  }
}

/** Much is sent to a device that takes none of it off, while two others talk. */
async function burden(
  stage: Stage,
  from: BenchDevice,
  to: BenchDevice,
  others: BenchDevice[],
  reader: BareDevice,
) {
  const { relay } = stage
  const quiet = await roundTrips(stage, others)
  const before = await relay.ask<number>('footprint')
  const sender = await BareDevice.connect(relay.url, from, { acknowledges: true })
  const sending = sender.send(to, ENVELOPES, BIG_BYTES)
  const busy = await roundTrips(stage, others)
  const accepted = await sending
  const grownBy = ((await relay.ask<number>('footprint')) - before) / MEGABYTE
  sender.close()
  reader.close()
  requireBounded(grownBy)
  return {
    accepted,
    'MB sent': (accepted * BIG_BYTES) / MEGABYTE,
    'MB more': grownBy,
    ...compare(quiet, busy),
  }
}

function requireBounded(megabytes: number): void {
  if (megabytes > READER_MEGABYTES) throw new Error(`the relay grew by ${megabytes.toFixed(0)} MB`)
}

/** Milliseconds from one device to another and its acknowledgement, one after the other. */
async function roundTrips({ relay }: Stage, [from, to]: BenchDevice[]): Promise<number[]> {
  const sender = await BareDevice.connect(relay.url, from!, { acknowledges: true })
  const recipient = await BareDevice.connect(relay.url, to!, { acknowledges: true })
  const times: number[] = []
  for (let count = 0; count < 100; count += 1) {
    const startedMs = performance.now()
    const arrives = recipient.next()
    if ((await sender.send(to!, 1, 500)) !== 1) throw new Error('somebody else was refused')
    await arrives
    times.push(performance.now() - startedMs)
    await sleep(5)
  }
  sender.close()
  recipient.close()
  return times
}

function compare(quiet: number[], busy: number[]) {
  return {
    'others wait ms': percentile(busy, 0.5),
    'at p95': percentile(busy, 0.95),
    before: percentile(quiet, 0.5),
    'before at p95': percentile(quiet, 0.95),
  }
}

function shorten(value: number | string): string {
  return typeof value === 'number' ? Number(value.toFixed(1)).toString() : value
}
