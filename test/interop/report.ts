/** What the interoperation run says of each direction, and which of its expectations do not hold. */
import type { WayResult } from './conversation.ts'
import type { ScenarioReport } from './scenarios/tally.ts'

export type Direction = 'js-to-native' | 'native-to-js' | 'js-to-js' | 'native-to-native'

/** One way of one conversation, and where the reference refused on the same schedule. */
export interface Way {
  readonly result: WayResult
  readonly refusedByReference: ReadonlySet<number>
  readonly spqrEpoch: number
}

/** The names are those of the printed line. */
export interface DirectionReport {
  readonly direction: Direction
  readonly delivered: number
  readonly expectedEvictions: number
  readonly unexpectedFailures: number
  readonly tamperedAccepted: number
  readonly replaysAccepted: number
  readonly spqrEpoch: number
}

const MOST_EVICTIONS = 0.02
const EPOCH_TO_PASS = 3
// below this many messages the ratchet cannot have gone that far
const MESSAGES_FOR_EPOCHS = 500

export function reportDirection(direction: Direction, ways: readonly Way[]): DirectionReport {
  const sum = (count: (way: Way) => number) => ways.reduce((total, way) => total + count(way), 0)
  return {
    direction,
    delivered: sum((way) => way.result.delivered),
    expectedEvictions: sum((way) => countShared(way.result.refusedAt, way.refusedByReference)),
    unexpectedFailures: sum(unexpected),
    tamperedAccepted: sum((way) => way.result.tamperedAccepted),
    replaysAccepted: sum((way) => way.result.replaysAccepted),
    spqrEpoch: Math.min(...ways.map((way) => way.spqrEpoch)),
  }
}

/** The expectations that a report breaks, as sentences. */
export function failuresOf(report: DirectionReport, messages: number): string[] {
  const { direction, delivered, expectedEvictions } = report
  const failures: string[] = []
  const expect = (holds: boolean, text: string) => {
    if (!holds) failures.push(`${direction}: ${text}`)
  }
  expect(delivered > 0, 'nothing was delivered')
  expect(report.unexpectedFailures === 0, `${report.unexpectedFailures} unexpected failures`)
  expect(report.tamperedAccepted === 0, `${report.tamperedAccepted} tampered messages were accepted`)
  expect(report.replaysAccepted === 0, `${report.replaysAccepted} replays were accepted`)
  const share = expectedEvictions / (delivered + expectedEvictions)
  expect(share <= MOST_EVICTIONS, `${(100 * share).toFixed(1)} % evictions`)
  if (messages >= MESSAGES_FOR_EPOCHS) {
    expect(report.spqrEpoch > EPOCH_TO_PASS, `the ratchet only came to epoch ${report.spqrEpoch}`)
  }
  return failures
}

/** The expectations that a scenario breaks, as sentences. */
export function scenarioFailuresOf(report: ScenarioReport): string[] {
  const failures = (['tamperedAccepted', 'replaysAccepted', 'unexpectedFailures'] as const).flatMap(
    (count) => (report[count] === 0 ? [] : [`${report.scenario}: ${count} is ${report[count]}`]),
  )
  return report.delivered > 0 ? failures : [...failures, `${report.scenario}: nothing was delivered`]
}

/** With `json` one object per line, else a table for people. */
export function printReports(reports: readonly (DirectionReport | ScenarioReport)[], json: boolean): void {
  if (json) {
    for (const report of reports) process.stdout.write(`${JSON.stringify(report)}\n`)
    return
  }
  const columns = Object.keys(reports[0] ?? {})
  const rows = [columns, ...reports.map((report) => Object.values(report).map(String))]
  const widths = columns.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
  for (const row of rows) {
    const cells = row.map((cell, i) => cell.padEnd(widths[i] ?? 0))
    process.stdout.write(`${cells.join('  ').trimEnd()}\n`)
  }
}

// refused by one side only, decrypted to something else, or a refusal that left a mark
function unexpected({ result, refusedByReference }: Way): number {
  const shared = countShared(result.refusedAt, refusedByReference)
  const differences = result.refusedAt.size + refusedByReference.size - 2 * shared
  return differences + result.wrongPlaintexts + result.refusalsThatWrote
}

function countShared(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  let shared = 0
  for (const position of a) if (b.has(position)) shared++
  return shared
}
