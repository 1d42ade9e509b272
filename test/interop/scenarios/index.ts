/** The scenarios beyond two conversing devices, and how many messages each is worth in a run of a given size. */
import { playGroups, type ScenarioOptions } from './groups.ts'
import { playInitiation } from './initiation.ts'
import { playRetries } from './retries.ts'
import { playSealedV1 } from './sealed-v1.ts'
import { playSealedV2 } from './sealed-v2.ts'
import type { ScenarioReport } from './tally.ts'

interface Scenario {
  readonly play: (options: ScenarioOptions) => Promise<ScenarioReport>
  /** Messages for each message of a direction. */
  readonly share: number
  readonly least: number
}

const SCENARIOS: readonly Scenario[] = [
  { play: playGroups, share: 0.03, least: 45 },
  { play: playSealedV1, share: 0.03, least: 60 },
  { play: playSealedV2, share: 0.01, least: 24 },
  { play: playInitiation, share: 0.03, least: 60 },
  { play: playRetries, share: 0.03, least: 60 },
]

export async function playScenarios(
  options: ScenarioOptions,
  onDone: (report: ScenarioReport, seconds: number) => void,
): Promise<ScenarioReport[]> {
  const reports: ScenarioReport[] = []
  for (const [position, { play, share, least }] of SCENARIOS.entries()) {
    const started = performance.now()
    const messages = Math.max(least, Math.round(options.messages * share))
    const report = await play({ ...options, messages, seed: options.seed * 1_000 + 10 + position })
    reports.push(report)
    onDone(report, (performance.now() - started) / 1_000)
  }
  return reports
}
