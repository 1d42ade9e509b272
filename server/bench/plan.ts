/** How much is measured, in full and with `--quick`. */
export interface Plan {
  pairs: number
  window: number
  /** Sizes of envelopes; the first is what the targets speak of. */
  bytes: number[]
  /** Of throughput with the first size, with each other one, and of latencies. */
  rounds: number
  otherRounds: number
  latencyRounds: number
  /** Of each kind, for subjects that no target speaks of. */
  asideRounds: number
  warmUpMs: number
  measureMs: number
  latencyPerSecond: number
  latencyMs: number
  idleConnections: number
  drainEnvelopes: number
  drainRounds: number
}

export const fullPlan: Plan = {
  pairs: 200,
  window: 4,
  bytes: [500, 2_304],
  rounds: 5,
  otherRounds: 3,
  latencyRounds: 5,
  asideRounds: 5,
  warmUpMs: 1_000,
  measureMs: 4_000,
  latencyPerSecond: 500,
  latencyMs: 5_000,
  idleConnections: 5_000,
  drainEnvelopes: 100_000,
  drainRounds: 1,
}

export const quickPlan: Plan = {
  ...fullPlan,
  rounds: 3,
  otherRounds: 1,
  latencyRounds: 4,
  asideRounds: 1,
  warmUpMs: 300,
  measureMs: 700,
  latencyMs: 600,
  idleConnections: 600,
  drainEnvelopes: 4_000,
}

/** What `--quick` made smaller, for people. */
export function describeQuick(): string {
  const { rounds, otherRounds, latencyRounds, measureMs, latencyMs, idleConnections, drainEnvelopes } =
    quickPlan
  return (
    `--quick: ${rounds} rounds of ${measureMs / 1000} s instead of ${fullPlan.rounds} of ${fullPlan.measureMs / 1000} s ` +
    `(${otherRounds} instead of ${fullPlan.otherRounds} with larger envelopes), ` +
    `latencies ${latencyRounds} times over ${latencyMs / 1000} s instead of ${fullPlan.latencyRounds} times over ${fullPlan.latencyMs / 1000} s, ` +
    `what no target speaks of once, ` +
    `${idleConnections} idle connections instead of ${fullPlan.idleConnections}, ` +
    `${drainEnvelopes} queued envelopes instead of ${fullPlan.drainEnvelopes}.`
  )
}
