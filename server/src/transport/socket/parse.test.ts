import { acknowledgeRequest, limits, submitRequest } from '@pli/protocol/wire'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseAcknowledge, parseSubmit } from './parse.ts'

const anything = fc.oneof(
  fc.anything(),
  fc.constantFrom<unknown>(
    0,
    1,
    1.5,
    -1,
    127,
    128,
    16_380,
    16_381,
    Number.NaN,
    Number.MAX_SAFE_INTEGER,
    2 ** 53,
    true,
  ),
  fc.constantFrom<unknown>(
    '',
    'A'.repeat(21),
    'A'.repeat(22),
    'A'.repeat(23),
    `${'A'.repeat(21)}=`,
    `${'A'.repeat(22)}\n`,
  ),
  fc.uint8Array({ maxLength: 3 }),
  fc.constantFrom<unknown>(new ArrayBuffer(0), new ArrayBuffer(2), Buffer.alloc(2), new Uint16Array(2)),
  fc.constantFrom<unknown>(new Uint8Array(limits.envelopeBytes), new Uint8Array(limits.envelopeBytes + 1)),
)
/** Mostly right, so that what is wrong is one thing at a time. */
const orRight = (right: unknown) =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(right) }, { weight: 1, arbitrary: anything })
const envelope = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record(
      {
        deviceId: orRight(3),
        registrationId: orRight(16_380),
        content: orRight(new Uint8Array([1, 2])),
        unknown: anything,
      },
      { requiredKeys: ['deviceId', 'registrationId'] },
    ),
  },
  { weight: 1, arbitrary: anything },
)
const submission = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      idempotencyKey: orRight('AAECAwQFBgcICQoLDA0ODw'),
      accountId: orRight('0b6cf1c4-9d3b-4a8e-8f63-0a5b3c1d2e4f'),
      urgent: orRight(false),
      envelopes: fc.oneof(
        { weight: 9, arbitrary: fc.array(envelope, { maxLength: 12 }) },
        { weight: 1, arbitrary: anything },
      ),
    }),
  },
  { weight: 1, arbitrary: anything },
)
const acknowledgement = fc.oneof(
  fc.record({
    sequences: fc.array(fc.oneof({ weight: 200, arbitrary: fc.nat() }, { weight: 1, arbitrary: anything }), {
      maxLength: 300,
      size: 'max',
    }),
  }),
  anything,
)

/** What was understood, byte arrays of any kind as numbers. */
function plain(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    const { type, data } = Object(inner) as { type?: string; data?: number[] }
    if (type === 'Buffer') return data
    return inner instanceof Uint8Array ? [...inner] : inner
  })
}

it('takes a submission exactly when the contract does, and understands the same', () => {
  let accepted = 0
  fc.assert(
    fc.property(submission, (request) => {
      const byContract = submitRequest.safeParse(request)
      const byHand = parseSubmit(request)
      expect(byHand !== undefined).toBe(byContract.success)
      if (byContract.success) accepted += 1
      expect(plain(byHand)).toBe(plain(byContract.data))
    }),
    { numRuns: 3_000 },
  )
  expect(accepted).toBeGreaterThan(100)
})

it('takes an acknowledgement exactly when the contract does', () => {
  let accepted = 0
  fc.assert(
    fc.property(acknowledgement, (request) => {
      const byContract = acknowledgeRequest.safeParse(request)
      if (byContract.success) accepted += 1
      expect(plain(parseAcknowledge(request))).toBe(plain(byContract.data))
    }),
    { numRuns: 1_000 },
  )
  expect(accepted).toBeGreaterThan(50)
})
