/**
 * The events a device may emit, each as parse → domain → value. Not concerned with connections or limits.
 */
import { limits, outcomesRequest } from '@pli/protocol/wire'
import type { Relay } from '../../domain/relay/relay.ts'
import { RelayError } from '../../errors.ts'
import type { DeviceAddress } from '../../storage/interfaces.ts'
import { parseAcknowledge, parseSubmit } from './parse.ts'

export type RequestName = 'submit' | 'acknowledge' | 'outcomes'

/** Takes what arrived, unparsed; throws RelayError. */
export type RequestHandler = (device: DeviceAddress, request: unknown) => Promise<object>

export function createRequestHandlers(relay: Relay): Record<RequestName, RequestHandler> {
  return {
    submit: (_device, request) => {
      refuseOversized(request)
      return relay.submit(wellFormed(parseSubmit(request)))
    },
    acknowledge: async (device, request) => {
      await relay.acknowledge(device, wellFormed(parseAcknowledge(request)).sequences)
      return {}
    },
    outcomes: async (_device, request) => {
      const { idempotencyKeys } = wellFormed(outcomesRequest.safeParse(request).data)
      return { states: await relay.outcomes(idempotencyKeys) }
    },
  }
}

export function isRequestName(name: unknown): name is RequestName {
  return name === 'submit' || name === 'acknowledge' || name === 'outcomes'
}

function wellFormed<T>(parsed: T | undefined): T {
  if (parsed === undefined) throw new RelayError('bad_request', 'malformed request')
  return parsed
}

/** An envelope that is only too long has a code of its own. */
function refuseOversized(request: unknown): void {
  if (typeof request !== 'object' || request === null || !('envelopes' in request)) return
  if (!Array.isArray(request.envelopes)) return
  for (const envelope of request.envelopes) {
    if (lengthOfContent(envelope) > limits.envelopeBytes) throw new RelayError('too_large')
  }
}

function lengthOfContent(envelope: unknown): number {
  if (typeof envelope !== 'object' || envelope === null || !('content' in envelope)) return 0
  const { content } = envelope
  return content instanceof Uint8Array || content instanceof ArrayBuffer ? content.byteLength : 0
}
