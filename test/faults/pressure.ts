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
  idleConnections: number
  progress(line: string): void
}

/** One line of what was found, as the measurements print theirs. */
export interface PressureFigure {
  bench: 'faults'
  metric: string
  subject: ScenarioName
  value: number
  unit: string
}
/** By metric: a value and its unit. */
type Found = Record<string, [value: number, unit: string]>

/** Throws when a bound is broken. */
type Scenario = (stage: Stage) => Promise<Found>

/** 140 MB, much more than the relay may grow by, and less than a queue takes. */
const ENVELOPES = 9_000
const BIG_BYTES = 16 * 1024
const IDLE_CONNECTIONS = { full: 10_000, quick: 1_000 }
const MEGABYTE = 1024 * 1024
/** Whoever waits so long for somebody else's fault is affected by it, on however slow a machine. */
const OTHERS_WAIT_AT_MOST_MS = 1_000
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
    return { ...figures, 'in flight': [reader.received, 'envelopes'] }
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
    return {
      accepted: [answers.accepted, 'envelopes'],
      refused: [answers.refused, 'envelopes'],
      'grown by': [grownBy, 'MB'],
      ...compare(quiet, busy),
    }
  },
  idle: async (stage) => {
    const { relay, driver, idleConnections: count } = stage
    const devices = await stage.signIn(count + 2)
    stage.progress(`${count} devices are signed in`)
    await relay.kill()
    await relay.up()
    const quiet = await roundTrips(stage, devices.slice(-2))
    const before = await relay.ask<number>('footprint')
    const connections = devices.slice(0, count)
    await driver.ask('connectIdle', { wire: 'socket.io', url: relay.url, devices: connections })
    const each = ((await relay.ask<number>('footprint')) - before) / 1e6 / (count / 1_000)
    const busy = await roundTrips(stage, devices.slice(-2))
    if (each > IDLE_MEGABYTES_PER_1000)
      throw new Error(`an idle connection costs too much: ${each.toFixed(1)} kB`)
    return {
      connections: [count, 'connections'],
      'idle memory': [each, 'MB'],
      ...compare(quiet, busy),
    }
  },
}

/** A flood meets an installation's own limits; the others are not about them. */
const rateLimitFactors: Record<ScenarioName, string> = {
  'slow-reader': '100',
  'never-acknowledges': '100',
  flood: '1',
  idle: '100000',
}

export interface PressureOptions {
  names: readonly ScenarioName[]
  quick: boolean
  progress(line: string): void
}

export async function playPressure({ names, quick, progress }: PressureOptions): Promise<PressureFigure[]> {
  const figures: PressureFigure[] = []
  const idleConnections = quick ? IDLE_CONNECTIONS.quick : IDLE_CONNECTIONS.full
  for (const name of names) {
    const relay = await RelayUnderTest.start({
      BENCH_PEOPLE: name === 'idle' ? '25000' : '600',
      BENCH_RATE_LIMIT_FACTOR: rateLimitFactors[name],
    })
    const driver = startChild('./driver.ts')
    try {
      const signIn = async (count: number) =>
        driver.ask<BenchDevice[]>('signIn', { url: relay.url, proofs: await relay.ask('proofs', count) })
      const found = await scenarios[name]({ relay, driver, signIn, idleConnections, progress })
      for (const [metric, [value, unit]] of Object.entries(found)) {
        figures.push({ bench: 'faults', metric, subject: name, value: Number(value.toFixed(2)), unit })
        progress(`${name.padEnd(20)}${metric.padEnd(20)}${value.toFixed(1).padStart(10)} ${unit}`)
      }
    } finally {
      await driver.stop()
      await relay.end()
    }
  }
  return figures
}

/** Much is sent to a device that takes none of it off, while two others talk. */
async function burden(
  stage: Stage,
  from: BenchDevice,
  to: BenchDevice,
  others: BenchDevice[],
  reader: BareDevice,
): Promise<Found> {
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
  if (accepted < ENVELOPES) throw new Error(`only ${accepted} were accepted`)
  requireBounded(grownBy)
  return {
    accepted: [accepted, 'envelopes'],
    sent: [(accepted * BIG_BYTES) / MEGABYTE, 'MB'],
    'grown by': [grownBy, 'MB'],
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

/** What others wait for each other beside it, and waited before. */
function compare(before: number[], beside: number[]): Found {
  const p95 = percentile(beside, 0.95)
  if (p95 > OTHERS_WAIT_AT_MOST_MS) throw new Error(`others waited ${p95.toFixed(0)} ms`)
  return {
    'others p50': [percentile(beside, 0.5), 'ms'],
    'others p95': [p95, 'ms'],
    'others p50 before': [percentile(before, 0.5), 'ms'],
    'others p95 before': [percentile(before, 0.95), 'ms'],
  }
}
