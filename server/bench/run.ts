/**
 * Purpose: the relay's speed, in one run, against the same exchange without storage.
 *
 * `npm run bench:relay [-- --json] [--quick] [--subjects embedded,socket.io-memory] [--metrics throughput,delivery]`
 *
 * Every subject is a process of its own and stays up; one driver, another process, measures them in alternating rounds,
 * so that what else the machine does falls on all. Exits with 0 also when a target is missed.
 */
import { parseArgs } from 'node:util'
import { type Child, startChild } from './children.ts'
import type { Pair } from './drive/pairs.ts'
import type { Throughput } from './drive/throughput.ts'
import { describeQuick, fullPlan, type Plan, quickPlan } from './plan.ts'
import { type Figure, isJudged, judge, median, percentile, printFigures, progress } from './report.ts'
import { type Subject, type SubjectName, startSubject, whyNotMongo } from './subjects.ts'

interface Entrant extends Subject {
  pairs: Pair[]
}

const KNOWN: SubjectName[] = ['embedded', 'embedded-fsync5ms', 'mongo', 'socket.io-memory', 'ws-raw']

async function main(): Promise<void> {
  const { plan, json, asked, wants } = readOptions()
  const names = await thoseThere(asked)
  const driver = startChild('./driver.ts')
  const entrants: Entrant[] = []
  try {
    const figures: Figure[] = []
    progress(`starting ${names.join(', ')}`)
    const started = await Promise.all(names.map((name) => startSubject(name, driver)))
    for (const subject of started) {
      const { name } = subject
      // What a connection costs has nothing to do with how fast the disk is.
      const measuresIdle = wants('idle') && name !== 'embedded-fsync5ms'
      const { entrant, idle } = await enter(subject, driver, plan, measuresIdle)
      entrants.push(entrant)
      if (idle !== undefined) figures.push({ metric: 'idle memory', subject: name, value: idle, unit: 'MB' })
    }
    for (const bytes of wants('throughput') ? plan.bytes : []) {
      figures.push(...(await throughput(driver, entrants, plan, bytes)))
    }
    if (wants('delivery')) figures.push(...(await delivery(driver, entrants, plan)))
    if (wants('drain')) figures.push(...(await drain(driver, entrants, plan)))
    printFigures(figures, json)
    judge(figures)
  } finally {
    await driver.stop()
    for (const entrant of entrants) await entrant.stop()
  }
}

/** Idle memory is measured first, in a process that did nothing else yet. */
async function enter(subject: Subject, driver: Child, plan: Plan, measureIdle: boolean) {
  progress(`${subject.name}: signing in`)
  const devices = await subject.makeDevices(
    measureIdle ? Math.max(2 * plan.pairs, plan.idleConnections) : 2 * plan.pairs,
  )
  if (measureIdle) await subject.renew()
  const idle = measureIdle
    ? await idleMemory(subject, driver, devices.slice(0, plan.idleConnections))
    : undefined
  const pairs = Array.from({ length: plan.pairs }, (_, index) => ({
    from: devices[2 * index]!,
    to: devices[2 * index + 1]!,
  }))
  return { entrant: { ...subject, pairs }, idle }
}

/** MB per 1,000 connections. A first connection before the measurement loads what every connection shares. */
async function idleMemory(subject: Subject, driver: Child, devices: Pair['from'][]): Promise<number> {
  const { wire, url, server } = subject
  const connect = (some: Pair['from'][]) => driver.ask('connectIdle', { wire, url, devices: some })
  await connect(devices.slice(0, 1))
  await driver.ask('disconnectIdle')
  const before = await server.ask<number>('footprint')
  await connect(devices)
  const after = await server.ask<number>('footprint')
  await driver.ask('disconnectIdle')
  const megabytes = (after - before) / 1e6 / (devices.length / 1_000)
  progress(`${subject.name}: ${megabytes.toFixed(1)} MB per 1,000 idle connections`)
  return megabytes
}

/** Calls `measure` for each entrant, `rounds` times around, each time beginning with another; for some fewer times. */
async function alternate<T>(
  entrants: Entrant[],
  rounds: number,
  roundsOf: (name: SubjectName) => number,
  measure: (entrant: Entrant) => Promise<T>,
): Promise<Map<SubjectName, T[]>> {
  const results = new Map<SubjectName, T[]>(entrants.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round += 1) {
    const order = entrants.map((_, index) => entrants[(index + round) % entrants.length]!)
    const taking = order.filter(({ name }) => round < roundsOf(name))
    for (const entrant of taking) results.get(entrant.name)!.push(await measure(entrant))
  }
  return results
}

async function throughput(driver: Child, entrants: Entrant[], plan: Plan, bytes: number): Promise<Figure[]> {
  const { window, warmUpMs, measureMs } = plan
  const metric = bytes === plan.bytes[0] ? 'durable throughput' : `durable throughput ${bytes} bytes`
  const rounds = bytes === plan.bytes[0] ? plan.rounds : plan.otherRounds
  const roundsOf = (name: SubjectName) => (isJudged('durable throughput', name) ? rounds : plan.asideRounds)
  const rates = await alternate(entrants, rounds, roundsOf, async ({ name, wire, url, pairs, server }) => {
    const busyBefore = await server.ask<number>('processorMs')
    const request = { wire, url, pairs, window, bytes, warmUpMs, measureMs }
    const { perSecond, messages, driverMs } = await driver.ask<Throughput>('throughput', request)
    const busyMs = (await server.ask<number>('processorMs')) - busyBefore
    const each = (ms: number) => `${((ms * 1000) / messages).toFixed(0)} µs`
    progress(
      `${name}: ${Math.round(perSecond)} msg/s of ${bytes} bytes; processor per message ${each(busyMs)}, driver ${each(driverMs)}`,
    )
    return perSecond
  })
  return entrants.map(({ name }) => ({
    metric,
    subject: name,
    value: median(rates.get(name)!),
    unit: 'msg/s',
  }))
}

async function delivery(driver: Child, entrants: Entrant[], plan: Plan): Promise<Figure[]> {
  const { latencyPerSecond: perSecond, warmUpMs, latencyMs: measureMs, bytes } = plan
  const { latencyRounds: rounds, asideRounds } = plan
  const roundsOf = (name: SubjectName) => (isJudged('delivery p99', name) ? rounds : asideRounds)
  const all = await alternate(entrants, rounds, roundsOf, async ({ name, wire, url, pairs }) => {
    const request = { wire, url, pairs, bytes: bytes[0], perSecond, warmUpMs, measureMs }
    const latencies = await driver.ask<number[]>('latency', request)
    progress(
      `${name}: ${percentile(latencies, 0.5).toFixed(2)} ms, p99 ${percentile(latencies, 0.99).toFixed(2)} ms`,
    )
    return latencies
  })
  const counted = new Map(entrants.map(({ name }) => [name, withoutWorst(all.get(name)!)]))
  return [0.5, 0.95, 0.99].flatMap((share) =>
    entrants.map(({ name }) => ({
      metric: `delivery p${share * 100}`,
      subject: name,
      value: percentile(counted.get(name)!, share),
      unit: 'ms',
    })),
  )
}

/**
 * The messages of all rounds but the one with the worst p99: what else the machine did once is nobody's, and what it does
 * all the time is everybody's, which a median of rounds would not show.
 */
function withoutWorst(rounds: number[][]): number[] {
  const sorted = [...rounds].sort((one, other) => percentile(one, 0.99) - percentile(other, 0.99))
  return (sorted.length > 2 ? sorted.slice(0, -1) : sorted).flat()
}

async function drain(driver: Child, entrants: Entrant[], plan: Plan): Promise<Figure[]> {
  const roundsOf = () => plan.drainRounds
  const rates = await alternate(entrants, plan.drainRounds, roundsOf, async ({ name, wire, url, pairs }) => {
    const request = { wire, url, pairs, bytes: plan.bytes[0], envelopes: plan.drainEnvelopes }
    const rate = await driver.ask<number>('drain', request)
    progress(`${name}: ${Math.round(rate)} queued envelopes a second`)
    return rate
  })
  return entrants.map(({ name }) => ({
    metric: 'drain',
    subject: name,
    value: median(rates.get(name)!),
    unit: 'msg/s',
  }))
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      subjects: { type: 'string' },
      metrics: { type: 'string' },
    },
  })
  if (values.quick) progress(describeQuick())
  const asked = values.subjects?.split(',')
  const metrics = values.metrics?.split(',')
  const unknown = asked?.filter((name) => !KNOWN.some((known) => known === name)) ?? []
  if (unknown.length > 0) throw new Error(`there is no subject ${unknown.join(', ')}`)
  return {
    plan: values.quick ? quickPlan : fullPlan,
    json: values.json,
    asked: KNOWN.filter((name) => asked === undefined || asked.includes(name)),
    wants: (metric: string) => metrics === undefined || metrics.includes(metric),
  }
}

async function thoseThere(names: SubjectName[]): Promise<SubjectName[]> {
  const obstacle = names.includes('mongo') ? await whyNotMongo() : undefined
  if (obstacle === undefined) return names
  progress(`mongo is left out: ${obstacle}`)
  return names.filter((name) => name !== 'mongo')
}

main().catch((error: unknown) => {
  progress(error instanceof Error ? error.message : 'the measurement failed')
  process.exitCode = 1
})
