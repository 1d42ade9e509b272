/** How much is measured, in full and with `--quick`. */
export interface Plan {
  pairs: number
  window: number
  /** Sizes of envelopes; the first is what the targets speak of. */
  bytes: number[]
  /** Of throughput with the first size; other sizes and latencies have half as many. */
  rounds: number
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
  rounds: 2,
  warmUpMs: 400,
  measureMs: 800,
  latencyMs: 1_200,
  idleConnections: 600,
  drainEnvelopes: 4_000,
}

/** What `--quick` made smaller, for people. */
export function describeQuick(): string {
  const { rounds, measureMs, latencyMs, idleConnections, drainEnvelopes } = quickPlan
  return (
    `--quick: ${rounds} rounds of ${measureMs / 1000} s instead of ${fullPlan.rounds} of ${fullPlan.measureMs / 1000} s, ` +
    `latencies over ${latencyMs / 1000} s instead of ${fullPlan.latencyMs / 1000} s, ` +
    `${idleConnections} idle connections instead of ${fullPlan.idleConnections}, ` +
    `${drainEnvelopes} queued envelopes instead of ${fullPlan.drainEnvelopes}.`
  )
}
