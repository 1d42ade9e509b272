/**
 * What is measured, and how a subject does it: one workload for each metric, run for a while. Runs in Node and in browsers.
 *
 * Not concerned with rounds, ratios and printing: see `run.ts`.
 */

export const METRICS = [
  'session set-up',
  'ping-pong 50 B',
  'ping-pong 1 KB',
  'sender-key fan-out',
  'sealed sender',
  'safety number',
  'attachment 5 MB',
] as const
export type Metric = (typeof METRICS)[number]

export type SubjectName = 'ours-node' | 'ours-chromium' | 'libsignal-node'

/** Members who read one message to a group. */
export const GROUP_READERS = 8
export const ATTACHMENT_MEGABYTES = 5

export interface Workload {
  /** How many operations one call does. */
  readonly operations: number
  readonly work: () => Promise<void>
}

export type Workloads = Partial<Record<Metric, Workload>>

export interface Subject {
  readonly name: SubjectName
  /** How this subject multiplies on the curve. */
  readonly keyAgreement: string
  /** Runs a metric's workload for about so long and gives operations per second; nothing when it has no such workload. */
  measure(metric: Metric, durationMs: number): Promise<number | undefined>
}

/** Operations per second. */
export async function measureWorkload({ operations, work }: Workload, durationMs: number): Promise<number> {
  const start = performance.now()
  let calls = 0
  let now = start
  while (now - start < durationMs) {
    await work()
    calls++
    now = performance.now()
  }
  return (calls * operations * 1_000) / (now - start)
}

/** What sealed sender needs of a relay, as plain data, so that it reaches a browser. */
export interface SealFixture {
  readonly accountId: string
  /** 33 and 32 bytes. */
  readonly identityPublic: readonly number[]
  readonly identityPrivate: readonly number[]
  readonly senderCertificate: readonly number[]
  /** 33 bytes. */
  readonly trustRoot: readonly number[]
  /** Within the certificate's validity. */
  readonly receivedAtMs: number
}

export const ADDRESSES = {
  alice: { serviceId: 'a0000000-0000-4000-8000-000000000001', deviceId: 1 },
  bob: { serviceId: 'b0000000-0000-4000-8000-000000000002', deviceId: 1 },
} as const

export const DISTRIBUTION_ID = 'd0000000-0000-4000-8000-000000000003'
