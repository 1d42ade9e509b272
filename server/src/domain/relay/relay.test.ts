import { randomBytes } from 'node:crypto'
import { limits, type SubmitRequest } from '@pli/protocol/wire'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Storage, Submission } from '../../storage/interfaces.ts'
import type { TestDevice } from '../../testing/test-device.ts'
import { TestRelay } from '../../testing/test-relay.ts'

let relay: TestRelay
let queuedAtMost: number | undefined
const submitted: Submission[] = []
beforeEach(async () => {
  queuedAtMost = undefined
  submitted.length = 0
  relay = await TestRelay.start({ wrapStorage: observe })
})
afterEach(() => relay.destroy())

/** The real store; it also notes what it is asked to store, and may have smaller queues. */
function observe(storage: Storage): Storage {
  return {
    ...storage,
    envelopes: {
      ...storage.envelopes,
      submit: (submission) => {
        submitted.push(submission)
        return storage.envelopes.submit({
          ...submission,
          queuedAtMost: queuedAtMost ?? submission.queuedAtMost,
        })
      },
    },
  }
}

function requestTo(device: TestDevice, changes: Partial<SubmitRequest> = {}): SubmitRequest {
  const { accountId, deviceId } = device.registered
  const content = new Uint8Array(randomBytes(200))
  const envelopes = [{ deviceId, registrationId: device.registrationId, content }]
  return { idempotencyKey: new Uint8Array(randomBytes(16)), accountId, urgent: false, envelopes, ...changes }
}

it('refuses with queue_full what a full queue cannot take, and takes the same submission later', async () => {
  const ben = await relay.register('ben')
  queuedAtMost = 2
  const { relay: domain, storage } = relay.running
  await domain.submit(requestTo(ben))
  await domain.submit(requestTo(ben))
  const third = requestTo(ben)
  await expect(domain.submit(third)).rejects.toMatchObject({ code: 'queue_full' })
  expect(await domain.outcomes([third.idempotencyKey])).toEqual(['unknown'])
  await domain.acknowledge(ben.address, [1])
  expect(await domain.submit(third)).toMatchObject({ duplicate: false })
  expect(await storage.envelopes.queueLength(ben.address)).toBe(2)
})

it('gives the store no sender, no idempotency key, and the lifetimes of the contract', async () => {
  const ben = await relay.register('ben')
  const request = requestTo(ben)
  const { receivedAtMs } = await relay.running.relay.submit(request)
  const [stored] = submitted
  expect(stored).toMatchObject({
    expiresAtMs: receivedAtMs + limits.envelopeLifetimeMs,
    forgottenAtMs: receivedAtMs + limits.submissionMemoryMs,
    queuedAtMost: limits.queuedEnvelopesPerDevice,
  })
  expect(Object.keys(stored ?? {}).sort()).toEqual([
    'accountId',
    'contentHash',
    'envelopes',
    'expiresAtMs',
    'forgottenAtMs',
    'keyHash',
    'queuedAtMost',
    'receivedAtMs',
  ])
  expect(Buffer.from(stored?.keyHash ?? []).includes(Buffer.from(request.idempotencyKey))).toBe(false)
})

it('tells apart submissions under one key that differ in anything that is stored', async () => {
  const [ben, cyd] = [await relay.register('ben'), await relay.register('cyd')]
  const request = requestTo(ben)
  const { relay: domain } = relay.running
  await domain.submit(request)
  expect(await domain.submit({ ...request, urgent: true })).toMatchObject({ duplicate: true })
  const [envelope] = request.envelopes
  if (!envelope) throw new Error('no envelope')
  const others = [
    { ...request, accountId: cyd.registered.accountId },
    { ...request, envelopes: [{ ...envelope, registrationId: 1 }] },
    { ...request, envelopes: [{ ...envelope, content: envelope.content.subarray(1) }] },
  ]
  for (const other of others) await expect(domain.submit(other)).rejects.toMatchObject({ code: 'conflict' })
})

it('sweeps until nothing is left that expired, however much there is', async () => {
  const ben = await relay.register('ben')
  const { relay: domain, storage } = relay.running
  await Promise.all(Array.from({ length: 1_203 }, () => domain.submit(requestTo(ben))))
  relay.clockAheadMs = limits.envelopeLifetimeMs
  expect(await domain.sweep()).toBe(1_203)
  expect(await storage.envelopes.queueLength(ben.address)).toBe(0)
  relay.clockAheadMs = limits.submissionMemoryMs
  expect(await domain.sweep()).toBe(0)
  const states = await storage.envelopes.states(submitted.map((submission) => submission.keyHash))
  expect(new Set(states)).toEqual(new Set([undefined]))
})
