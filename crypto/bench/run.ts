/**
 * How fast this implementation is, in Node and in Chromium, beside the native library in Node.
 *
 * `npm run bench:crypto -- [--json] [--quick]`
 *
 * All subjects take short turns in one process, round after round, so that a busy machine slows all of them; a value is the
 * median of its rounds, and a ratio the median of the ratios within each round. The browser is asked over the wire, its work is timed
 * inside.
 */
import { parseArgs } from 'node:util'
import { gzippedKilobytes } from './bundle.ts'
import { type ChromiumSubject, startChromium } from './chromium.ts'
import { createNative, makeSealFixture } from './native.ts'
import { createOurs } from './ours.ts'
import { METRICS, type Metric, type SealFixture, type Subject, type SubjectName } from './subject.ts'

const REFERENCE: SubjectName = 'libsignal-node'
const FULL = { rounds: 41, sliceMs: 80, warmUpMs: 2_000 }
const QUICK = { rounds: 11, sliceMs: 50, warmUpMs: 700 }

interface Target {
  readonly metric: string
  readonly subject: SubjectName
  /** A least ratio, a least value or a most value. */
  readonly ratio?: number
  readonly least?: number
  readonly most?: number
}

const TARGETS: readonly Target[] = [
  { metric: 'ping-pong 50 B', subject: 'ours-node', ratio: 0.8 },
  { metric: 'ping-pong 1 KB', subject: 'ours-node', ratio: 0.8 },
  { metric: 'ping-pong 50 B', subject: 'ours-chromium', ratio: 0.4 },
  { metric: 'ping-pong 1 KB', subject: 'ours-chromium', ratio: 0.4 },
  { metric: 'attachment 5 MB', subject: 'ours-chromium', least: 200 },
  { metric: 'bundle one-to-one', subject: 'ours-chromium', most: 45 },
]

interface Line {
  readonly bench: 'crypto'
  readonly metric: string
  readonly subject: SubjectName
  readonly unit: string
  readonly value: number
  readonly against?: SubjectName
  readonly ratio?: number
}

async function main(): Promise<void> {
  const { values: options } = parseArgs({
    options: { json: { type: 'boolean', default: false }, quick: { type: 'boolean', default: false } },
  })
  const plan = options.quick ? QUICK : FULL
  if (options.quick) {
    say(
      `--quick: ${QUICK.rounds} rounds of ${QUICK.sliceMs} ms instead of ${FULL.rounds} of ${FULL.sliceMs}.`,
    )
  }
  const fixture = makeSealFixture()
  const chromium = await chromiumIfThere(fixture)
  try {
    const subjects = [await createOurs('ours-node', fixture), await createNative(fixture)]
    if (chromium) subjects.push(chromium)
    for (const { name, keyAgreement } of subjects) say(`${name}: X25519 by ${keyAgreement}`)
    const lines = linesOf(await measureAll(subjects, plan))
    lines.push(await bundleLine())
    if (options.json) for (const line of lines) process.stdout.write(`${JSON.stringify(line)}\n`)
    printTable(lines)
    printTargets(lines)
  } finally {
    await chromium?.stop()
  }
}

async function chromiumIfThere(fixture: SealFixture): Promise<ChromiumSubject | undefined> {
  try {
    const subject = await startChromium(fixture)
    say(`Chromium ${subject.version}`)
    return subject
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('No Chromium')) throw error
    say(`${error.message} The lines of ours-chromium are left out.`)
    return undefined
  }
}

type Samples = Map<Metric, Map<SubjectName, number[]>>

async function measureAll(subjects: readonly Subject[], plan: typeof FULL): Promise<Samples> {
  const samples: Samples = new Map(METRICS.map((metric) => [metric, new Map()]))
  for (const metric of METRICS) {
    say(metric)
    for (const subject of subjects) await subject.measure(metric, plan.warmUpMs)
    for (let round = 0; round < plan.rounds; round++) {
      for (const subject of subjects) {
        const value = await subject.measure(metric, plan.sliceMs)
        if (value === undefined) continue
        const known = samples.get(metric)?.get(subject.name) ?? []
        samples.get(metric)?.set(subject.name, [...known, value])
      }
    }
  }
  return samples
}

function linesOf(samples: Samples): Line[] {
  const lines: Line[] = []
  for (const [metric, bySubject] of samples) {
    const medians = new Map([...bySubject].map(([name, values]) => [name, median(values)]))
    const reference = bySubject.get(REFERENCE)
    for (const [subject, value] of medians) {
      const unit = metric === 'attachment 5 MB' ? 'MB/s' : 'ops/s'
      const line: Line = { bench: 'crypto', metric, subject, unit, value: rounded(value) }
      if (reference === undefined || subject === REFERENCE) {
        lines.push(line)
        continue
      }
      const ratios =
        bySubject.get(subject)?.map((sample, round) => sample / (reference[round] ?? sample)) ?? []
      lines.push({ ...line, against: REFERENCE, ratio: rounded(median(ratios)) })
    }
  }
  return lines
}

async function bundleLine(): Promise<Line> {
  const value = rounded(await gzippedKilobytes('one-to-one.ts'))
  return { bench: 'crypto', metric: 'bundle one-to-one', subject: 'ours-chromium', unit: 'KB gzip', value }
}

function printTable(lines: readonly Line[]): void {
  for (const { metric, subject, value, unit, against, ratio } of lines) {
    const compared = against === undefined ? '' : `${ratio} of ${against}`
    say(
      `${metric.padEnd(20)} ${subject.padEnd(15)} ${String(value).padStart(9)} ${unit.padEnd(8)} ${compared}`,
    )
  }
}

function printTargets(lines: readonly Line[]): void {
  for (const target of TARGETS) {
    const line = lines.find(({ metric, subject }) => metric === target.metric && subject === target.subject)
    if (!line) continue
    const [is, wanted] =
      target.ratio === undefined
        ? [line.value, target.least === undefined ? `at most ${target.most}` : `at least ${target.least}`]
        : [line.ratio ?? 0, `at least ${target.ratio}`]
    const met = is >= (target.ratio ?? target.least ?? 0) && is <= (target.most ?? Number.POSITIVE_INFINITY)
    say(`${met ? 'met   ' : 'MISSED'} ${target.metric}, ${target.subject}: ${is}, wanted ${wanted}`)
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2
}

function rounded(value: number): number {
  return Number(value.toPrecision(4))
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

await main()
