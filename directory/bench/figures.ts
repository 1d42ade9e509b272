// Figures as lines for programs (`--json`, on standard output) and as a table for people.
// Not concerned with measuring.

export interface Figure {
  readonly metric: string
  readonly subject: string
  readonly value: number
  readonly unit: string
}

export function progress(line: string): void {
  process.stderr.write(`${line}\n`)
}

export function printFigures(figures: readonly Figure[], json: boolean): void {
  for (const { metric, subject, value, unit } of figures) {
    const rounded = Math.round(value * 100) / 100
    if (json)
      process.stdout.write(
        `${JSON.stringify({ bench: 'directory', metric, subject, value: rounded, unit })}\n`,
      )
    progress(`${metric.padEnd(18)}${subject.padEnd(30)}${String(rounded).padStart(12)} ${unit}`)
  }
}

/** @param share between 0 and 1 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
