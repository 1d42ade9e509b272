/**
 * The two requests that come with every message, parsed by hand: they accept and refuse exactly what the schemas of
 * `@pli/protocol/wire` do (`parse.test.ts` holds them against each other) at a tenth of the cost.
 * Not concerned with what the requests mean.
 */
import {
  type AccountId,
  type AcknowledgeRequest,
  type DeviceId,
  limits,
  type SubmitRequest,
} from '@pli/protocol/wire'

const ACCOUNT_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
/** 16 bytes as base64url without padding. */
const IDEMPOTENCY_KEY = /^[A-Za-z0-9_-]{22}$/
const LAST_DEVICE_ID = 127
const LAST_REGISTRATION_ID = 16380

type Envelope = SubmitRequest['envelopes'][number]

/** Undefined when it is malformed. */
export function parseSubmit(request: unknown): SubmitRequest | undefined {
  if (!isObject(request)) return undefined
  const { idempotencyKey, accountId, urgent, envelopes: given } = request
  if (typeof idempotencyKey !== 'string' || !IDEMPOTENCY_KEY.test(idempotencyKey)) return undefined
  if (typeof accountId !== 'string' || !ACCOUNT_ID.test(accountId)) return undefined
  if (typeof urgent !== 'boolean' || !Array.isArray(given)) return undefined
  if (given.length < 1 || given.length > limits.devicesPerAccount) return undefined
  const envelopes: Envelope[] = []
  for (const one of given) {
    const envelope = parseEnvelope(one)
    if (!envelope) return undefined
    envelopes.push(envelope)
  }
  const key = Buffer.from(idempotencyKey, 'base64url')
  return { idempotencyKey: key, accountId: accountId as AccountId, urgent, envelopes }
}

/** Undefined when it is malformed. */
export function parseAcknowledge(request: unknown): AcknowledgeRequest | undefined {
  if (!isObject(request)) return undefined
  const { sequences } = request
  if (!Array.isArray(sequences)) return undefined
  if (sequences.length < 1 || sequences.length > limits.acknowledgementsPerRequest) return undefined
  if (!sequences.every((sequence) => isWholeNumber(sequence, Number.MAX_SAFE_INTEGER))) return undefined
  return { sequences }
}

function parseEnvelope(envelope: unknown): Envelope | undefined {
  if (!isObject(envelope)) return undefined
  const { deviceId, registrationId, content: given } = envelope
  if (!isWholeNumber(deviceId, LAST_DEVICE_ID)) return undefined
  if (!isWholeNumber(registrationId, LAST_REGISTRATION_ID)) return undefined
  const content = given instanceof ArrayBuffer ? new Uint8Array(given) : given
  if (!(content instanceof Uint8Array)) return undefined
  if (content.length < 1 || content.length > limits.envelopeBytes) return undefined
  return { deviceId: deviceId as DeviceId, registrationId, content }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** From 1 to `most`. */
function isWholeNumber(value: unknown, most: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= most
}
