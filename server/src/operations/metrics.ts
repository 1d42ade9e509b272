/**
 * Purpose: what the relay counts, for Prometheus. A label is one of a few fixed words of ours: no account, device,
 * address or path ever is one, so that the numbers name nobody. Not concerned with who scrapes (`metrics-server.ts`).
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client'

export type Metrics = ReturnType<typeof createMetrics>

/** Seconds: from a commit on a good disk to one that somebody will complain of. */
const DURATIONS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

/** `connected` is asked when somebody scrapes. */
export function createMetrics(connected: () => number) {
  // A registry of its own: several relays may run in one process.
  const registry = new Registry()
  const registers = [registry]
  new Gauge({
    name: 'pli_connected_devices',
    help: 'Devices connected to this node.',
    registers,
    collect() {
      this.set(connected())
    },
  })
  return {
    registry,
    submissions: new Counter({
      name: 'pli_submissions_total',
      help: 'Submissions by outcome: stored, duplicate, or the code of the refusal.',
      labelNames: ['outcome'],
      registers,
    }),
    submissionSeconds: new Histogram({
      name: 'pli_submission_seconds',
      help: 'From a parsed submission to its durable acknowledgement.',
      buckets: DURATIONS,
      registers,
    }),
    stored: new Counter({
      name: 'pli_envelopes_stored_total',
      help: 'Envelopes that entered a queue: one for each device of a submission.',
      registers,
    }),
    deliverySeconds: new Histogram({
      name: 'pli_delivery_seconds',
      help: 'From receipt until handed to a device that was connected all the while; the first of each delivery.',
      buckets: DURATIONS,
      registers,
    }),
    acknowledged: new Counter({
      name: 'pli_envelopes_acknowledged_total',
      help: 'Envelopes that their device has taken, and that are deleted.',
      registers,
    }),
    expired: new Counter({
      name: 'pli_envelopes_expired_total',
      help: 'Envelopes that nobody fetched in time.',
      registers,
    }),
    requests: new Counter({
      name: 'pli_http_requests_total',
      help: 'HTTP requests by method, pattern of the route and status.',
      labelNames: ['method', 'route', 'status'],
      registers,
    }),
    requestSeconds: new Histogram({
      name: 'pli_http_request_seconds',
      help: 'Time to answer an HTTP request.',
      buckets: DURATIONS,
      registers,
    }),
  }
}
