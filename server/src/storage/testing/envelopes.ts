import type { DeviceId } from '@pli/protocol/wire'
import { expect, it } from 'vitest'
import type { DeviceAddress, Storage } from '../interfaces.ts'
import {
  bytes,
  dayMs,
  hex,
  newAccountId,
  nowMs,
  register,
  registration,
  sha256,
  submission,
} from './samples.ts'
import type { StorageUnderTest } from './subject.ts'

const everything = { afterSequence: 0, maxEnvelopes: 100, maxBytes: 1024 * 1024 }

async function sequences(storage: Storage, address: DeviceAddress): Promise<number[]> {
  return (await storage.envelopes.list(address, everything)).map((envelope) => envelope.sequence)
}

export function envelopeCases(subject: StorageUnderTest): void {
  acceptanceCases(subject)
  queueCases(subject)
  expiryCases(subject)
}

function acceptanceCases(subject: StorageUnderTest): void {
  it('keeps what was submitted, byte for byte and in order, over a restart', async () => {
    const address = await register(subject.storage, registration('p1'))
    const contents = Array.from({ length: 40 }, (_, index) => bytes(1 + index * 50))
    const { envelopes } = subject.storage
    await Promise.all(contents.map((content) => envelopes.submit(submission(address.accountId, { content }))))
    await subject.reopen()
    const listed = await subject.storage.envelopes.list(address, everything)
    expect(listed.map((envelope) => hex(envelope.content))).toEqual(contents.map(hex))
    expect(listed.map((envelope) => envelope.sequence)).toEqual(contents.map((_, index) => index + 1))
    expect(listed[0]?.receivedAtMs).toBe(nowMs)
  })

  it('says which sequences it gave, if it says any, as they are listed', async () => {
    const address = await register(subject.storage, registration('p1'))
    const contents = [bytes(1), bytes(2), bytes(3)]
    const { envelopes } = subject.storage
    const results = await Promise.all(
      contents.map((content) => envelopes.submit(submission(address.accountId, { content }))),
    )
    for (const envelope of await envelopes.list(address, everything)) {
      const result = results[envelope.content.length - 1]
      if (result?.outcome !== 'stored') throw new Error(result?.outcome)
      expect(result.sequences ?? [envelope.sequence]).toEqual([envelope.sequence])
    }
  })

  it('queues a repeated submission once and tells other content under its key apart', async () => {
    const address = await register(subject.storage, registration('p1'))
    const first = submission(address.accountId, { key: 'once' })
    const results = await Promise.all([1, 2, 3].map(() => subject.storage.envelopes.submit(first)))
    const duplicate = { outcome: 'duplicate', receivedAtMs: nowMs }
    expect(results).toMatchObject([{ outcome: 'stored' }, duplicate, duplicate])
    await subject.reopen()
    const { envelopes } = subject.storage
    expect(await envelopes.submit({ ...first, receivedAtMs: nowMs + 5 })).toEqual(duplicate)
    expect(await envelopes.submit({ ...first, contentHash: bytes(32) })).toEqual({ outcome: 'conflict' })
    expect(await envelopes.queueLength(address)).toBe(1)
    await envelopes.acknowledge(address, [1])
    expect(await envelopes.submit(first)).toEqual(duplicate)
    expect(await envelopes.queueLength(address)).toBe(0)
  })

  it('stores nothing unless the devices are exactly the recipient’s, and says which they are', async () => {
    const { envelopes } = subject.storage
    const address = await register(subject.storage, registration('p1'))
    const envelope = { deviceId: 1 as DeviceId, registrationId: 77, content: bytes(5) }
    const wrong = [
      [{ ...envelope, registrationId: 78 }],
      [{ ...envelope, deviceId: 2 as DeviceId }],
      [envelope, { ...envelope, deviceId: 2 as DeviceId }],
      [envelope, envelope],
    ]
    for (const list of wrong) {
      const request = submission(address.accountId, { key: 'same', envelopes: list })
      const devices = [{ deviceId: 1, registrationId: 77 }]
      expect(await envelopes.submit(request)).toEqual({ outcome: 'devices_differ', devices })
    }
    expect(await envelopes.submit(submission(newAccountId()))).toEqual({
      outcome: 'devices_differ',
      devices: [],
    })
    expect(await envelopes.queueLength(address)).toBe(0)
    expect(await envelopes.states([sha256('same')])).toEqual([undefined])
    expect(await envelopes.submit(submission(address.accountId, { key: 'same' }))).toMatchObject({
      outcome: 'stored',
    })
  })

  it('refuses more than a queue may hold, until there is room again', async () => {
    const { envelopes } = subject.storage
    const address = await register(subject.storage, registration('p1'))
    const submit = () => envelopes.submit(submission(address.accountId, { queuedAtMost: 2 }))
    const outcomes = (await Promise.all([submit(), submit(), submit()])).map((result) => result.outcome)
    expect(outcomes).toEqual(['stored', 'stored', 'queue_full'])
    expect(await envelopes.acknowledge(address, [1])).toBe(1)
    expect((await submit()).outcome).toBe('stored')
    expect(await envelopes.queueLength(address)).toBe(2)
  })
}

function queueCases(subject: StorageUnderTest): void {
  it('lists within its bounds: after a sequence, so many, so many bytes', async () => {
    const { envelopes } = subject.storage
    const address = await register(subject.storage, registration('p1'))
    for (let count = 0; count < 5; count += 1) {
      await envelopes.submit(submission(address.accountId, { content: bytes(100) }))
    }
    const listed = async (changes: Partial<typeof everything>) =>
      (await envelopes.list(address, { ...everything, ...changes })).map((envelope) => envelope.sequence)
    expect(await listed({ maxBytes: 250 })).toEqual([1, 2])
    expect(await listed({ maxBytes: 100, afterSequence: 1 })).toEqual([2])
    expect(await listed({ maxBytes: 99 })).toEqual([])
    expect(await listed({ maxEnvelopes: 3, afterSequence: 1 })).toEqual([2, 3, 4])
    expect(await listed({ afterSequence: 5 })).toEqual([])
    expect(await envelopes.lastWaiting(address)).toBe(5)
  })

  it('deletes what is acknowledged for good and never uses a sequence again', async () => {
    const { envelopes } = subject.storage
    const address = await register(subject.storage, registration('p1'))
    const submit = () => subject.storage.envelopes.submit(submission(address.accountId))
    await Promise.all([submit(), submit(), submit()])
    expect(await envelopes.acknowledge(address, [1, 3, 99])).toBe(2)
    expect(await envelopes.acknowledge(address, [1, 3])).toBe(0)
    expect(await sequences(subject.storage, address)).toEqual([2])
    await envelopes.acknowledge(address, [2])
    await subject.reopen()
    expect(await subject.storage.envelopes.lastWaiting(address)).toBe(0)
    await submit()
    expect(await sequences(subject.storage, address)).toEqual([4])
  })

  it('acknowledges only in the queue of the device that asks', async () => {
    const { envelopes } = subject.storage
    const [one, two] = [
      await register(subject.storage, registration('p1')),
      await register(subject.storage, registration('p2')),
    ]
    await envelopes.submit(submission(one.accountId))
    expect(await envelopes.acknowledge(two, [1])).toBe(0)
    expect(await sequences(subject.storage, one)).toEqual([1])
    expect(await sequences(subject.storage, two)).toEqual([])
  })

  it('tells what became of a submission, and only to who knows its key', async () => {
    const { envelopes } = subject.storage
    const address = await register(subject.storage, registration('p1'))
    await envelopes.submit(submission(address.accountId, { key: 'read' }))
    await envelopes.submit(submission(address.accountId, { key: 'waiting' }))
    await envelopes.acknowledge(address, [1])
    await subject.reopen()
    const states = await subject.storage.envelopes.states(['waiting', 'never', 'read'].map(sha256))
    expect(states).toEqual(['queued', undefined, 'delivered'])
  })
}

function expiryCases(subject: StorageUnderTest): void {
  it('expires what nobody acknowledged, remembers that, and forgets in the end', async () => {
    const { envelopes } = subject.storage
    const address = await register(subject.storage, registration('p1'))
    const submit = (key: string, receivedAtMs: number) =>
      envelopes.submit(
        submission(address.accountId, {
          key,
          expiresAtMs: receivedAtMs + 30 * dayMs,
          forgottenAtMs: receivedAtMs + 45 * dayMs,
        }),
      )
    await submit('read', nowMs)
    await submit('old', nowMs)
    await submit('young', nowMs + dayMs)
    await envelopes.acknowledge(address, [1])
    const keys = ['read', 'old', 'young'].map(sha256)

    expect((await envelopes.sweep(nowMs + 30 * dayMs - 1, 100)).envelopes).toBe(0)
    expect((await envelopes.sweep(nowMs + 30 * dayMs, 100)).envelopes).toBe(1)
    expect(await envelopes.states(keys)).toEqual(['delivered', 'expired', 'queued'])
    expect(await sequences(subject.storage, address)).toEqual([3])
    expect(await envelopes.queueLength(address)).toBe(1)

    expect(await envelopes.sweep(nowMs + 45 * dayMs, 100)).toEqual({ envelopes: 1, submissions: 2 })
    expect(await envelopes.states(keys)).toEqual([undefined, undefined, 'expired'])
    expect(await envelopes.queueLength(address)).toBe(0)
  })

  it('sweeps in bounded steps, the oldest first', async () => {
    const { envelopes } = subject.storage
    const address = await register(subject.storage, registration('p1'))
    for (const expiresAtMs of [3, 1, 2])
      await envelopes.submit(submission(address.accountId, { expiresAtMs }))
    expect((await envelopes.sweep(nowMs, 2)).envelopes).toBe(2)
    expect(await sequences(subject.storage, address)).toEqual([1])
    expect((await envelopes.sweep(nowMs, 2)).envelopes).toBe(1)
  })
}
