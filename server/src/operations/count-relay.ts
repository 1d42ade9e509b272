/** The relay, counted: each call goes through unchanged. */
import type { Relay } from '../domain/relay/relay.ts'
import { refusalOf } from '../errors.ts'
import type { Metrics } from './metrics.ts'

export function countRelay(relay: Relay, metrics: Metrics): Relay {
  return {
    ...relay,
    async submit(request) {
      const beganAtMs = performance.now()
      try {
        const receipt = await relay.submit(request)
        metrics.submissions.inc({ outcome: receipt.duplicate ? 'duplicate' : 'stored' })
        if (!receipt.duplicate) metrics.stored.inc(request.envelopes.length)
        return receipt
      } catch (error) {
        metrics.submissions.inc({ outcome: refusalOf(error).code })
        throw error
      } finally {
        metrics.submissionSeconds.observe((performance.now() - beganAtMs) / 1000)
      }
    },
    async acknowledge(device, sequences) {
      await relay.acknowledge(device, sequences)
      metrics.acknowledged.inc(sequences.length)
    },
    async sweep() {
      const envelopes = await relay.sweep()
      metrics.expired.inc(envelopes)
      return envelopes
    },
  }
}
