/**
 * A connection to a device whose deliveries are timed: how long an envelope took from its receipt until it was handed to a
 * device that was connected all the while. What waited for an absent device says nothing about the relay and is left out.
 */
import type { DeviceLink } from '../domain/relay/device-link.ts'
import type { QueuedEnvelope } from '../storage/interfaces.ts'
import type { Metrics } from './metrics.ts'

type Delays = Pick<Metrics['deliverySeconds'], 'observe'>

export function countedLink(link: DeviceLink, sinceMs: number, delays: Delays): DeviceLink {
  return {
    deliver(envelopes) {
      link.deliver(envelopes)
      timeFirst(envelopes, sinceMs, delays)
    },
    drained: () => link.drained(),
    guarantees: () => link.guarantees(),
    revoke: (reason) => link.revoke(reason),
    close: () => link.close(),
  }
}

/** Of those that go together the first has waited longest. */
function timeFirst([first]: QueuedEnvelope[], sinceMs: number, delays: Delays): void {
  if (first === undefined || first.receivedAtMs < sinceMs) return
  // Another node's clock may be ahead.
  delays.observe(Math.max(0, Date.now() - first.receivedAtMs) / 1000)
}
