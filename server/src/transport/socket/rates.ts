/** How much one device may ask of the socket, and one network address before it is known. */
import { type BucketRate, TokenBuckets } from '../../domain/token-buckets.ts'
import type { RequestName } from './requests.ts'

export interface SocketRates {
  /** Per device, over all its connections. */
  requests: Record<RequestName, BucketRate>
  /** What is no request at all; beyond it the connection is closed. */
  nonsense: BucketRate
  /** Per device: requests refused by the rates above; beyond it the connection is closed. */
  refused: BucketRate
  /** Per network address. A hospital is one address with many devices, all of which return after a restart. */
  connections: BucketRate
}

export const defaultSocketRates: SocketRates = {
  requests: {
    submit: { burst: 200, perSecond: 20 },
    acknowledge: { burst: 500, perSecond: 100 },
    outcomes: { burst: 30, perSecond: 2 },
  },
  nonsense: { burst: 20, perSecond: 0.2 },
  refused: { burst: 1_000, perSecond: 10 },
  connections: { burst: 600, perSecond: 10 },
}

/** Multiplies every rate: 1 leaves them as they are. */
export function scaleRates(rates: SocketRates, factor: number): SocketRates {
  const scale = ({ burst, perSecond }: BucketRate) => ({
    burst: burst * factor,
    perSecond: perSecond * factor,
  })
  const { submit, acknowledge, outcomes } = rates.requests
  return {
    requests: { submit: scale(submit), acknowledge: scale(acknowledge), outcomes: scale(outcomes) },
    nonsense: scale(rates.nonsense),
    refused: scale(rates.refused),
    connections: scale(rates.connections),
  }
}

export interface SocketLimiter {
  requests: Record<RequestName, TokenBuckets>
  nonsense: TokenBuckets
  refused: TokenBuckets
  connections: TokenBuckets
}

export function createLimiter(rates: SocketRates): SocketLimiter {
  return {
    requests: {
      submit: new TokenBuckets(rates.requests.submit),
      acknowledge: new TokenBuckets(rates.requests.acknowledge),
      outcomes: new TokenBuckets(rates.requests.outcomes),
    },
    nonsense: new TokenBuckets(rates.nonsense),
    refused: new TokenBuckets(rates.refused),
    connections: new TokenBuckets(rates.connections),
  }
}
