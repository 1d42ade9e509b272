/**
 * The interoperation run: long conversations between this implementation and the native library, with loss, reordering,
 * tampered copies and replays; then groups, sealed sender, simultaneous initiation and retries.
 *
 * `npm run interop -- --seed 1 --messages 5000 --loss 0.1 --reorder 8 [--json] [--quick] [--full]`
 *
 * Three schedules are made from the seed. The first is opened by us and the second by the native library; together they
 * are the directions js-to-native and native-to-js, with `--messages` each. The third runs between two devices of one
 * engine, js-to-js, and has `--messages` in both ways together. Each schedule also runs between two native devices: a
 * message that both refuse at the same position is an expected eviction (the receiver keeps five chains), any other
 * difference is a failure. The line native-to-native is the third schedule's. `scenarios/` says what the rest plays;
 * their messages are a share of `--messages`. `--full` takes 100,000 messages and some minutes.
 */
import { randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import { MemoryDevice } from '@pli/crypto/testing'
import { type ConversationResult, converse, type Device } from './conversation.ts'
import { NativeDevice } from './native-device.ts'
import {
  type DirectionReport,
  failuresOf,
  printReports,
  reportDirection,
  scenarioFailuresOf,
  type Way,
} from './report.ts'
import { playScenarios } from './scenarios/index.ts'
import type { ScenarioReport } from './scenarios/tally.ts'
import { makeSchedule, type ScheduleEvent } from './schedule.ts'

const QUICK_MESSAGES = 600
const FULL_MESSAGES = 100_000

interface Options {
  readonly seed: number
  readonly messages: number
  readonly loss: number
  readonly reorder: number
  readonly json: boolean
}

type Engine = 'js' | 'native'

async function main(): Promise<void> {
  const options = readOptions()
  const started = performance.now()
  const half = Math.ceil(options.messages / 2)
  const openedByUs = schedule(options, 1, half)
  const openedByNative = schedule(options, 2, half)
  const oneEngine = schedule(options, 3, half)

  const reference1 = await play('native', 'native', openedByUs, options)
  const reference2 = await play('native', 'native', openedByNative, options)
  const reference3 = await play('native', 'native', oneEngine, options)
  const mixed1 = await play('js', 'native', openedByUs, options)
  const mixed2 = await play('native', 'js', openedByNative, options)
  const ours = await play('js', 'js', oneEngine, options)

  const reports = [
    reportDirection('js-to-native', [way(mixed1, 'a', reference1), way(mixed2, 'b', reference2)]),
    reportDirection('native-to-js', [way(mixed1, 'b', reference1), way(mixed2, 'a', reference2)]),
    reportDirection('js-to-js', [way(ours, 'a', reference3), way(ours, 'b', reference3)]),
    reportDirection('native-to-native', [way(reference3, 'a', reference3), way(reference3, 'b', reference3)]),
  ]
  printReports(reports, options.json)
  const scenarios = await playScenarios(options, (report, seconds) => {
    progress(`${report.scenario}: ${report.messages} messages in ${seconds.toFixed(1)} s`)
  })
  for (const scenario of scenarios) printReports([scenario], options.json)
  finish(reports, scenarios, options, (performance.now() - started) / 1000)
}

function finish(
  reports: readonly DirectionReport[],
  scenarios: readonly ScenarioReport[],
  options: Options,
  seconds: number,
): void {
  const failures = [
    ...reports.flatMap((report) => failuresOf(report, options.messages)),
    ...scenarios.flatMap(scenarioFailuresOf),
  ]
  for (const failure of failures) progress(`FAILED ${failure}`)
  progress(
    `${failures.length === 0 ? 'All expectations hold' : 'Expectations failed'} after ${seconds.toFixed(1)} s.`,
  )
  if (failures.length > 0) process.exitCode = 1
}

function schedule(options: Options, number: number, messagesPerSide: number): ScheduleEvent[] {
  const seed = options.seed * 1_000 + number
  return makeSchedule({ ...options, seed, messagesPerSide })
}

async function play(
  first: Engine,
  second: Engine,
  events: readonly ScheduleEvent[],
  options: Options,
): Promise<ConversationResult> {
  const started = performance.now()
  const devices = { a: await makeDevice(first), b: await makeDevice(second) }
  const name = `${first} opens to ${second}`
  let shown = started
  const result = await converse(devices, events, options.seed, (done) => {
    if (performance.now() - shown < 5_000) return
    shown = performance.now()
    progress(`  ${name}: ${Math.floor((100 * done) / events.length)} %`)
  })
  progress(`${name}: ${events.length} events in ${((performance.now() - started) / 1000).toFixed(1)} s`)
  return result
}

async function makeDevice(engine: Engine): Promise<Device> {
  const address = { serviceId: randomUUID(), deviceId: 1 }
  return engine === 'js' ? MemoryDevice.create(address) : new NativeDevice(address)
}

function way(result: ConversationResult, from: 'a' | 'b', reference: ConversationResult): Way {
  return {
    result: result.ways[from],
    refusedByReference: reference.ways[from].refusedAt,
    spqrEpoch: result.spqrEpoch,
  }
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string', default: '1' },
      messages: { type: 'string', default: '5000' },
      loss: { type: 'string', default: '0.1' },
      reorder: { type: 'string', default: '8' },
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
    },
  })
  const asked = readNumber('messages', values.messages, 100, 1_000_000)
  const most = values.quick ? Math.min(asked, QUICK_MESSAGES) : asked
  const messages = values.full ? FULL_MESSAGES : most
  if (messages !== asked) progress(`${messages} messages per direction instead of ${asked}.`)
  return {
    seed: readNumber('seed', values.seed, 0, 1_000_000),
    messages,
    loss: readNumber('loss', values.loss, 0, 0.9),
    reorder: readNumber('reorder', values.reorder, 0, 1_000),
    json: values.json,
  }
}

function readNumber(name: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (Number.isFinite(value) && value >= least && value <= most) return value
  process.stderr.write(`--${name} is a number from ${least} to ${most}.\n`)
  process.exit(2)
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`)
}

await main()
