/**
 * Purpose: nothing acknowledged is lost, shown twice or out of order, whatever happens to the relay and the network.
 *
 * `npm run faults -- --seed 1 --rounds 50 --stores embedded|all [--pressure | --scenario NAME] [--json] [--quick]`
 *
 * With `all` as many rounds again on three nodes over a MongoDB-compatible server and Redis, which die as well.
 *
 * With `--pressure`, or for one `--scenario` alone, clients that behave badly: what they cost, and what others notice.
 *
 * Prints one line of JSON for the rounds, with `--json` also one for each figure; exits with 1 when anything was lost,
 * shown twice or out of order.
 */
import { parseArgs } from 'node:util'
import { playClusterRounds } from './cluster-rounds.ts'
import type { Verdict } from './ledger.ts'
import { playPressure, type ScenarioName, scenarioNames } from './pressure.ts'
import { playRounds } from './rounds.ts'

const USAGE = `npm run faults -- [--seed 1] [--rounds 50] [--stores embedded|all] [--pressure] [--scenario ${scenarioNames.join('|')}] [--json] [--quick]`
const ROUNDS = { full: '50', quick: '5' }

function readOptions() {
  const options = {
    seed: { type: 'string', default: '1' },
    rounds: { type: 'string' },
    stores: { type: 'string', default: 'embedded' },
    pressure: { type: 'boolean', default: false },
    scenario: { type: 'string' },
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
  } as const
  try {
    return parseArgs({ options }).values
  } catch {
    throw new Error(USAGE)
  }
}

function progress(line: string): void {
  process.stderr.write(`${line}\n`)
}

async function main(): Promise<void> {
  const { json, quick, scenario, stores, pressure, ...given } = readOptions()
  if (quick)
    progress(
      `--quick: ${ROUNDS.quick} rounds instead of ${ROUNDS.full}, 1,000 idle connections instead of 10,000.`,
    )
  const press = async (names: readonly ScenarioName[]) => {
    const figures = await playPressure({ names, quick, progress })
    if (json) for (const figure of figures) process.stdout.write(`${JSON.stringify(figure)}\n`)
  }
  if (scenario !== undefined) return press([readScenario(scenario)])
  const seed = readNumber('seed', given.seed)
  const rounds = readNumber('rounds', given.rounds ?? (quick ? ROUNDS.quick : ROUNDS.full))
  if (stores !== 'embedded' && stores !== 'all') throw new Error('--stores is embedded or all')
  const options = { seed, rounds, progress }
  const verdict = await playRounds(options)
  if (stores === 'all') add(verdict, await playClusterRounds(options))
  process.stdout.write(`${JSON.stringify({ ...verdict, rounds })}\n`)
  const wrong = verdict.lost + verdict.shownTwice + verdict.outOfOrder
  if (verdict.acknowledged === 0 || wrong > 0) process.exitCode = 1
  if (pressure) await press(scenarioNames)
}

/** What cannot be played here is said, and makes the run wrong: it was asked for. */
function add(verdict: Verdict, other: Verdict | { skipped: string }): void {
  if ('skipped' in other) {
    progress(`skipped: several nodes on MongoDB: ${other.skipped}`)
    process.exitCode = 1
    return
  }
  verdict.acknowledged += other.acknowledged
  verdict.lost += other.lost
  verdict.shownTwice += other.shownTwice
  verdict.outOfOrder += other.outOfOrder
}

function readScenario(text: string): ScenarioName {
  const name = scenarioNames.find((known) => known === text)
  if (name === undefined) throw new Error(`--scenario is one of ${scenarioNames.join(', ')}`)
  return name
}

function readNumber(name: string, text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`--${name} is a whole number`)
  return value
}

main()
  .catch((error: unknown) => {
    progress(error instanceof Error ? error.message : 'the run failed')
    process.exitCode = 1
  })
  // Connections that were cut in the middle may linger, and have nothing more to say.
  .finally(() => process.exit())
