/**
 * Runs decoders on changed inputs until the time is over. A crash is whatever is thrown that is not a `CryptoError`, a state
 * that a refusal changed, an input that took far too long, or memory that grew beyond its bound.
 *
 * Inputs that were taken, or were refused in a way not seen before, join the corpus of their target: there is no measure of
 * coverage, but refusals have words of their own.
 */
import { CryptoError } from '../src/errors.ts'
import { mutate } from './mutate.ts'
import { SeededRandom } from './random.ts'

export interface FuzzTarget {
  readonly name: string
  /** Valid inputs. */
  readonly corpus: readonly Uint8Array[]
  /** Takes what is valid and refuses the rest with a `CryptoError`. */
  decode(input: Uint8Array): unknown
  /** Throws when a refusal left something changed, and puts things back after an input was taken. */
  settle?(wasTaken: boolean): void | Promise<void>
}

export interface FuzzCrash {
  readonly target: string
  readonly input: Uint8Array
  /** For people. */
  readonly reason: string
}

export interface FuzzReport {
  readonly executions: number
  readonly crashes: readonly FuzzCrash[]
  readonly peakMemoryMb: number
  readonly byTarget: Readonly<Record<string, TargetCount>>
}

export interface TargetCount {
  readonly executions: number
  readonly taken: number
  /** In how many ways inputs were refused. */
  readonly refusals: number
}

export interface FuzzOptions {
  readonly seed: number
  readonly seconds: number
  /** Called before each input, so that a watcher knows what a hang was about. */
  readonly onInput?: (target: string, input: Uint8Array) => void
}

const SLICE_MS = 20
/** An input may take this long before it counts as a hang: the dearest refusal is 25,000 ratchet steps. */
const SLOW_MS = 20_000
const MAX_MEMORY_BYTES = 2 * 1024 * 1024 * 1024
const LARGEST_CORPUS = 256
const CRASHES_PER_TARGET = 3

class Running {
  readonly target: FuzzTarget
  readonly #corpus: Uint8Array[]
  readonly #outcomes = new Set<string>()
  executions = 0
  taken = 0
  crashes = 0

  constructor(target: FuzzTarget) {
    if (target.corpus.length === 0) throw new Error(`${target.name} has no valid input to begin with`)
    this.target = target
    this.#corpus = [...target.corpus]
  }

  get refusals(): number {
    return this.#outcomes.size
  }

  nextInput(random: SeededRandom): Uint8Array {
    return mutate(random.pick(this.#corpus), random.pick(this.#corpus), random)
  }

  /** Remembers what came out; keeps the input when that was new. */
  note(outcome: string, input: Uint8Array): void {
    if (this.#outcomes.has(outcome)) return
    this.#outcomes.add(outcome)
    if (this.#corpus.length < LARGEST_CORPUS) this.#corpus.push(input)
  }
}

/** Tries one input; gives the reason when it crashes, else what came out. */
export async function tryInput(
  target: FuzzTarget,
  input: Uint8Array,
): Promise<{ crash?: string; outcome: string }> {
  const startedMs = performance.now()
  let outcome = 'taken'
  try {
    await target.decode(input)
  } catch (error) {
    if (!(error instanceof CryptoError)) return { crash: describe(error), outcome: 'crash' }
    outcome = `${error.code}: ${error.message}`
  }
  try {
    await target.settle?.(outcome === 'taken')
  } catch (error) {
    return { crash: describe(error), outcome }
  }
  const tookMs = performance.now() - startedMs
  return tookMs > SLOW_MS ? { crash: `took ${Math.round(tookMs)} ms`, outcome } : { outcome }
}

export async function fuzz(targets: readonly FuzzTarget[], options: FuzzOptions): Promise<FuzzReport> {
  const random = new SeededRandom(options.seed)
  const running = targets.map((target) => new Running(target))
  const crashes: FuzzCrash[] = []
  const endMs = performance.now() + 1000 * options.seconds
  let peakBytes = 0
  let lastPass = false
  // every target is tried, however short the time
  while (!lastPass) {
    lastPass = performance.now() >= endMs
    for (const each of running) {
      if (each.crashes >= CRASHES_PER_TARGET) continue
      await runSlice(each, random, options, (crash) => crashes.push(crash))
      const { rss } = process.memoryUsage()
      peakBytes = Math.max(peakBytes, rss)
      if (rss > MAX_MEMORY_BYTES) {
        crashes.push({
          target: each.target.name,
          input: new Uint8Array(),
          reason: 'memory grew beyond 2 GiB',
        })
        lastPass = true
      }
    }
  }
  return {
    executions: running.reduce((sum, { executions }) => sum + executions, 0),
    crashes,
    peakMemoryMb: Math.round(peakBytes / 1024 / 1024),
    byTarget: Object.fromEntries(
      running.map(({ target, executions, taken, refusals }) => [
        target.name,
        { executions, taken, refusals },
      ]),
    ),
  }
}

async function runSlice(
  running: Running,
  random: SeededRandom,
  options: FuzzOptions,
  report: (crash: FuzzCrash) => void,
): Promise<void> {
  const { target } = running
  const endMs = performance.now() + SLICE_MS
  do {
    const input = running.nextInput(random)
    options.onInput?.(target.name, input)
    const { crash, outcome } = await tryInput(target, input)
    running.executions++
    if (crash !== undefined) {
      running.crashes++
      report({ target: target.name, input, reason: crash })
      return
    }
    if (outcome === 'taken') running.taken++
    running.note(outcome, input)
  } while (performance.now() < endMs)
}

/** Tries each target's own corpus: a target that refuses what is valid tests nothing. */
export async function findInvalidCorpus(targets: readonly FuzzTarget[]): Promise<string[]> {
  const wrong: string[] = []
  for (const target of targets) {
    for (const input of target.corpus) {
      const { crash, outcome } = await tryInput(target, Uint8Array.from(input))
      if (crash !== undefined || outcome !== 'taken') wrong.push(`${target.name}: ${crash ?? outcome}`)
    }
  }
  return wrong
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : `threw ${typeof error}`
}
