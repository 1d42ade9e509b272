/**
 * Reads what Prometheus scrapes, as strictly as it may be read: text format 0.0.4. Throws at whatever is not well formed.
 * Source: https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export interface Sample {
  name: string
  labels: Record<string, string>
  value: number
}

export interface Family {
  name: string
  type: string
  samples: Sample[]
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const HELP = new RegExp(`^# HELP (${NAME}) (.+)$`)
const TYPE = new RegExp(`^# TYPE (${NAME}) (counter|gauge|histogram|summary|untyped)$`)
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\[\\\\"n])*"'
const SAMPLE = new RegExp(
  `^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)\\})? (-?[0-9.]+(?:e[+-]?[0-9]+)?|[+-]Inf|NaN)$`,
  // Numbers are read as Go reads them, in either case.
  'i',
)

export function parseExposition(text: string): Map<string, Family> {
  const families = new Map<string, Family>()
  const seen = new Set<string>()
  let current: Family | undefined
  let helped = ''
  if (!text.endsWith('\n')) throw new Error('the last line does not end')
  for (const line of text.split('\n')) {
    if (line === '') continue
    const [, help] = HELP.exec(line) ?? []
    const [, typed, type = ''] = TYPE.exec(line) ?? []
    if (help !== undefined) helped = help
    else if (typed !== undefined) {
      if (typed !== helped || families.has(typed)) throw new Error(`twice, or without help: ${line}`)
      current = { name: typed, type, samples: [] }
      families.set(typed, current)
    } else {
      const sample = parseSample(line)
      if (!current || !belongs(sample, current)) throw new Error(`in the wrong place: ${line}`)
      const place = line.slice(0, line.lastIndexOf(' '))
      if (seen.has(place)) throw new Error(`said twice: ${place}`)
      seen.add(place)
      current.samples.push(sample)
    }
  }
  for (const family of families.values()) if (family.type === 'histogram') checkBuckets(family)
  return families
}

function parseSample(line: string): Sample {
  const [, name, labels = '', value = ''] = SAMPLE.exec(line) ?? []
  if (name === undefined) throw new Error(`not a line of the format: ${line}`)
  const pairs = [...labels.matchAll(/([a-zA-Z0-9_]+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, text]) => [
    key,
    text,
  ])
  const number = value.endsWith('Inf') ? Number(value.replace('Inf', 'Infinity')) : Number(value)
  return { name, labels: Object.fromEntries(pairs), value: number }
}

function belongs({ name }: Sample, family: Family): boolean {
  if (family.type !== 'histogram' && family.type !== 'summary') return name === family.name
  return ['_bucket', '_sum', '_count', ''].some((ending) => name === family.name + ending)
}

/** Buckets rise, and the last, `+Inf`, has as many as there are. */
function checkBuckets({ name, samples }: Family): void {
  const series = new Map<string, Sample[]>()
  for (const sample of samples) {
    const { le: _, ...others } = sample.labels
    const key = JSON.stringify(others)
    series.set(key, [...(series.get(key) ?? []), sample])
  }
  for (const of of series.values()) {
    const buckets = of.filter((sample) => sample.name === `${name}_bucket`)
    const rising = buckets.every(({ value }, at) => value >= (buckets[at - 1]?.value ?? 0))
    const count = of.find((sample) => sample.name === `${name}_count`)?.value
    if (!rising || buckets.at(-1)?.labels.le !== '+Inf' || buckets.at(-1)?.value !== count) {
      throw new Error(`${name} does not add up`)
    }
  }
}
