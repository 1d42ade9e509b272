/**
 * Fuzzes every decoder of this package: valid inputs, changed, for as long as was asked.
 *
 * `npm run fuzz -- --seconds 60 [--seed 1] [--json] [--quick]`
 * `npm run fuzz -- --replay artefacts/fuzz/x.bin --target "session record" [--seed 1]` tries one input again.
 *
 * The work is done in a thread; this one watches it, ends it when an input hangs, and keeps what it was about. Inputs that
 * crashed are written to `artefacts/fuzz/` and named on stderr. `--json` prints `{"executions", "crashes", "peakMemoryMb"}`
 * and nothing else on stdout. `--quick` is `--seconds 20`. Exit code 1 on a crash.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { type FuzzCrash, type FuzzReport, tryInput } from './engine.ts'
import { makeTargets } from './targets/index.ts'
import { type FuzzOrders, readInput, SHARED_BYTES } from './watch.ts'

const QUICK_SECONDS = 20
const DEFAULT_SECONDS = 60
const MAX_HEAP_MB = 1_024
/** Longer than the slowest refusal on the slowest machine; beyond it an input hangs. */
const HANG_MS = 60_000
const CRASH_FOLDER = fileURLToPath(new URL('../../artefacts/fuzz/', import.meta.url))

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string' },
      seed: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      replay: { type: 'string' },
      target: { type: 'string' },
    },
  })
  const seconds = Number(values.seconds ?? (values.quick ? QUICK_SECONDS : DEFAULT_SECONDS))
  const seed = Number(values.seed)
  if (!(seconds > 0) || !Number.isInteger(seed))
    throw new Error('--seconds is a number above 0, --seed a whole one')
  if (values.replay !== undefined) return replay(values.replay, values.target, seed)
  console.error(`fuzzing for ${seconds} s, seed ${seed}${values.quick ? ' (quick: a shorter time)' : ''}`)
  const report = await watch({ seconds, seed, shared: new SharedArrayBuffer(SHARED_BYTES) })
  for (const crash of report.crashes)
    console.error(`crash in ${crash.target}: ${crash.reason}\n  ${keep(crash)}`)
  const { executions, peakMemoryMb } = report
  if (values.json) console.log(JSON.stringify({ executions, crashes: report.crashes.length, peakMemoryMb }))
  printTable(report)
  process.exitCode = report.crashes.length > 0 ? 1 : 0
}

async function replay(file: string, name: string | undefined, seed: number): Promise<void> {
  const target = (await makeTargets(seed)).find((each) => each.name === name)
  if (!target) throw new Error('--replay needs --target, the name of one')
  const { crash, outcome } = await tryInput(target, Uint8Array.from(readFileSync(file)))
  console.error(crash ?? outcome)
  process.exitCode = crash === undefined ? 0 : 1
}

/** Runs the thread to its end, or to the first input that hangs or uses up its memory. */
function watch(orders: FuzzOrders): Promise<FuzzReport> {
  // a thread has no loader for TypeScript of its own
  const script = JSON.stringify(new URL('./worker.ts', import.meta.url).href)
  const start = `import('tsx/esm/api').then(({ register }) => { register(); return import(${script}) })`
  const worker = new Worker(start, {
    eval: true,
    workerData: orders,
    resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
  })
  return new Promise((resolve, reject) => {
    let lastCount = -1
    let lastChangeMs = performance.now()
    const timer = setInterval(() => {
      const { count } = readInput(orders.shared)
      if (count !== lastCount) {
        lastCount = count
        lastChangeMs = performance.now()
      } else if (count > 0 && performance.now() - lastChangeMs > HANG_MS) {
        end('an input hangs')
      }
    }, 250)
    const finish = (report: FuzzReport) => {
      clearInterval(timer)
      void worker.terminate()
      resolve(report)
    }
    const end = (reason: string) => {
      const { count, target, input } = readInput(orders.shared)
      if (count > 0) {
        const crashes = [{ target, input, reason }]
        finish({ executions: count, crashes, peakMemoryMb: residentMb(), byTarget: {} })
      } else {
        clearInterval(timer)
        reject(new Error(`the fuzzer did not start: ${reason}`))
      }
    }
    worker.once('message', finish)
    worker.once('error', (error) =>
      end(error instanceof Error ? (error.stack ?? error.message) : 'unknown error'),
    )
  })
}

function residentMb(): number {
  return Math.round(process.memoryUsage().rss / 1024 / 1024)
}

/** Writes the input down; gives the path. */
function keep({ target, input }: FuzzCrash): string {
  mkdirSync(CRASH_FOLDER, { recursive: true })
  const name = `${target.replaceAll(/[^a-z0-9]+/gi, '-')}-${Date.now().toString(36)}-${input.length}.bin`
  writeFileSync(CRASH_FOLDER + name, input)
  return CRASH_FOLDER + name
}

function printTable({ executions, crashes, peakMemoryMb, byTarget }: FuzzReport): void {
  for (const [name, { executions: tried, taken, refusals }] of Object.entries(byTarget)) {
    console.error(
      `${name.padEnd(30)} ${String(tried).padStart(9)} tried ${String(taken).padStart(8)} taken, ${refusals} kinds`,
    )
  }
  console.error(`${executions} executions, ${crashes.length} crashes, ${peakMemoryMb} MB at most`)
}

await main()
