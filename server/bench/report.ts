/** Figures as lines for programs and as a table for people, and what they say about the targets. */
import type { SubjectName } from './subjects.ts'

export interface Figure {
  metric: string
  subject: SubjectName
  value: number
  unit: string
}

const REFERENCE: SubjectName = 'socket.io-memory'

/** What a subject is compared with: the slow disk with the fast one, everything else with what stores nothing. */
function rivalOf(subject: SubjectName): SubjectName | undefined {
  if (subject === REFERENCE) return undefined
  return subject === 'embedded-fsync5ms' ? 'embedded' : REFERENCE
}

export function median(values: number[]): number {
  return percentile(values, 0.5)
}

/** `share` between 0 and 1. */
export function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (sorted.length - 1) * share
  const [low, high] = [sorted[Math.floor(at)] ?? Number.NaN, sorted[Math.ceil(at)] ?? Number.NaN]
  return low + (high - low) * (at - Math.floor(at))
}

export function progress(line: string): void {
  process.stderr.write(`${line}\n`)
}

export function printFigures(figures: Figure[], json: boolean): void {
  const lines = figures.map((figure) => {
    const against = rivalOf(figure.subject)
    const ratio = against === undefined ? undefined : ratioOf(figures, figure.metric, figure.subject, against)
    const value = round(figure.value)
    return {
      bench: 'relay',
      ...figure,
      value,
      ...(ratio === undefined ? {} : { against, ratio: round(ratio) }),
    }
  })
  for (const line of lines) {
    if (json) process.stdout.write(`${JSON.stringify(line)}\n`)
    const compared = line.ratio === undefined ? '' : `${line.ratio} × ${line.against}`
    progress(
      `${line.metric.padEnd(32)}${line.subject.padEnd(20)}${String(line.value).padStart(10)} ${line.unit.padEnd(7)}${compared}`,
    )
  }
}

interface Target {
  metric: string
  subject: SubjectName
  against?: SubjectName
  sentence: string
  holds(figure: number): boolean
}

const targets: Target[] = [
  {
    metric: 'durable throughput',
    subject: 'embedded',
    against: REFERENCE,
    sentence: 'at least 0.8 of socket.io without storage',
    holds: (ratio) => ratio >= 0.8,
  },
  {
    metric: 'delivery p99',
    subject: 'embedded',
    against: REFERENCE,
    sentence: 'at most 4 times that of socket.io without storage',
    holds: (ratio) => ratio <= 4,
  },
  {
    metric: 'idle memory',
    subject: 'embedded',
    sentence: 'at most 20 MB per 1,000 connections',
    holds: (value) => value <= 20,
  },
  {
    metric: 'durable throughput',
    subject: 'embedded-fsync5ms',
    against: 'embedded',
    sentence: 'at least half of the same on the fast disk',
    holds: (ratio) => ratio >= 0.5,
  },
]

/** Whether a target speaks of the subject in this metric, as who is judged or as who is compared with. */
export function isJudged(metric: string, name: SubjectName): boolean {
  return targets.some((target) => target.metric === metric && [target.subject, target.against].includes(name))
}

/** Says of each target that was measured whether it holds. */
export function judge(figures: Figure[]): void {
  for (const { metric, subject, against, sentence, holds } of targets) {
    const value =
      against === undefined ? measured(figures, metric, subject) : ratioOf(figures, metric, subject, against)
    if (value === undefined) continue
    progress(`${holds(value) ? 'met   ' : 'MISSED'}  ${subject}, ${metric}: ${round(value)} (${sentence})`)
  }
}

function ratioOf(figures: Figure[], metric: string, subject: SubjectName, against: SubjectName) {
  const [own, other] = [measured(figures, metric, subject), measured(figures, metric, against)]
  return own === undefined || other === undefined ? undefined : own / other
}

function measured(figures: Figure[], metric: string, subject: SubjectName): number | undefined {
  return figures.find((figure) => figure.metric === metric && figure.subject === subject)?.value
}

function round(value: number): number {
  const digits = Math.abs(value) >= 100 ? 0 : 3
  return Number(value.toFixed(digits))
}
