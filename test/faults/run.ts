/**
 * Purpose: nothing acknowledged is lost, shown twice or out of order, whatever happens to the relay and the network.
 *
 * `npm run faults -- --seed 1 --rounds 50 --stores embedded|all [--pressure | --scenario NAME]`
 *
 * With `all` as many rounds again on three nodes over a MongoDB-compatible server and Redis, which die as well.
 *
 * With `--pressure`, or for one `--scenario` alone, clients that behave badly: what they cost, and what others notice.
 *
 * Prints one line of JSON; exits with 1 when anything was lost, shown twice or out of order.
 */
import { parseArgs } from 'node:util'
import { playClusterRounds } from './cluster-rounds.ts'
import type { Verdict } from './ledger.ts'
import { playPressure, type ScenarioName, scenarioNames } from './pressure.ts'
import { playRounds } from './rounds.ts'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '50' },
    stores: { type: 'string', default: 'embedded' },
    pressure: { type: 'boolean', default: false },
    scenario: { type: 'string' },
  },
})

function progress(line: string): void {
  process.stderr.write(`${line}\n`)
}

async function main(): Promise<void> {
  if (values.scenario !== undefined) return playPressure([readScenario(values.scenario)], progress)
  const [seed, rounds] = [readNumber('seed', values.seed), readNumber('rounds', values.rounds)]
  if (values.stores !== 'embedded' && values.stores !== 'all') throw new Error('--stores is embedded or all')
  const options = { seed, rounds, progress }
  const verdict = await playRounds(options)
  if (values.stores === 'all') add(verdict, await playClusterRounds(options))
  process.stdout.write(`${JSON.stringify({ ...verdict, rounds })}\n`)
  const wrong = verdict.lost + verdict.shownTwice + verdict.outOfOrder
  if (verdict.acknowledged === 0 || wrong > 0) process.exitCode = 1
  if (values.pressure) await playPressure(scenarioNames, progress)
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
