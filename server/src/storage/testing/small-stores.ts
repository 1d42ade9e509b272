import { PassThrough, Readable } from 'node:stream'
import type { AttachmentId } from '@pli/protocol/wire'
import { expect, it } from 'vitest'
import type { Ticket } from '../interfaces.ts'
import { bytes, hex, nowMs, personId, register, registration, sha256 } from './samples.ts'
import type { StorageUnderTest } from './subject.ts'

export function smallStoreCases(subject: StorageUnderTest): void {
  ticketCases(subject)
  pushCases(subject)
  attachmentCases(subject)
  attachmentBytesCases(subject)
  installationCases(subject)
}

function ticketCases(subject: StorageUnderTest): void {
  const ticket: Ticket = {
    kind: 'sign_in_ticket',
    hash: sha256('secret'),
    personId: personId('p1'),
    value: '{"challenge":"x"}',
    expiresAtMs: nowMs + 60_000,
  }

  it('gives a ticket to one of 50 takers', async () => {
    await subject.storage.tickets.put(ticket)
    await subject.reopen()
    const { tickets } = subject.storage
    const takers = Array.from({ length: 50 }, () => tickets.take(ticket.kind, ticket.hash, nowMs))
    const taken = (await Promise.all(takers)).filter((answer) => answer !== undefined)
    expect(taken.map((answer) => ({ ...answer, hash: hex(answer.hash) }))).toEqual([
      { ...ticket, hash: hex(ticket.hash) },
    ])
  })

  it('gives no ticket of another kind, nor one that expired', async () => {
    const { tickets } = subject.storage
    await tickets.put(ticket)
    expect(await tickets.take('operator_code', ticket.hash, nowMs)).toBeUndefined()
    expect(await tickets.take(ticket.kind, ticket.hash, ticket.expiresAtMs)).toBeUndefined()
    expect(await tickets.take(ticket.kind, ticket.hash, ticket.expiresAtMs + 1)).toBeUndefined()
    expect(await tickets.read(ticket.kind, ticket.hash, ticket.expiresAtMs)).toBeUndefined()
    expect((await tickets.read(ticket.kind, ticket.hash, nowMs))?.value).toBe(ticket.value)
    expect(await tickets.sweep(ticket.expiresAtMs - 1)).toBe(0)
    expect(await tickets.sweep(ticket.expiresAtMs)).toBe(1)
    expect(await tickets.read(ticket.kind, ticket.hash, nowMs)).toBeUndefined()
  })

  it('deletes and replaces tickets', async () => {
    const { tickets } = subject.storage
    await tickets.put(ticket)
    await tickets.put({ ...ticket, value: 'new' })
    expect((await tickets.read(ticket.kind, ticket.hash, nowMs))?.value).toBe('new')
    await tickets.delete(ticket.kind, ticket.hash)
    expect(await tickets.take(ticket.kind, ticket.hash, nowMs)).toBeUndefined()
  })
}

function pushCases(subject: StorageUnderTest): void {
  it('keeps one push subscription per device and removes the one that was meant', async () => {
    const address = await register(subject.storage, registration('p1'))
    const subscription = { endpoint: 'https://push.example/1', p256dh: bytes(65), auth: bytes(16) }
    expect(await subject.storage.push.set(address, subscription)).toBe(true)
    const newer = { ...subscription, endpoint: 'https://push.example/2' }
    expect(await subject.storage.push.set(address, newer)).toBe(true)
    await subject.reopen()
    const { devices, push } = subject.storage
    await push.remove(address, subscription.endpoint)
    const stored = await push.get(address)
    expect([stored?.endpoint, hex(stored?.p256dh)]).toEqual([newer.endpoint, hex(newer.p256dh)])
    await push.remove(address)
    expect(await push.get(address)).toBeUndefined()
    await devices.remove(address)
    expect(await push.set(address, subscription)).toBe(false)
  })
}

function attachmentCases(subject: StorageUnderTest): void {
  it('follows an attachment from upload to expiry', async () => {
    const attachmentId = '0f'.repeat(16) as AttachmentId
    const attachment = { attachmentId, sizeBytes: 5_000, expiresAtMs: nowMs, state: 'uploading' as const }
    expect(await subject.storage.attachments.create(attachment)).toBe(true)
    expect(await subject.storage.attachments.create({ ...attachment, sizeBytes: 1 })).toBe(false)
    expect(await subject.storage.attachments.complete(attachmentId)).toBe(true)
    await subject.reopen()
    const { attachments } = subject.storage
    expect(await attachments.byId(attachmentId)).toEqual({ ...attachment, state: 'complete' })
    expect(await attachments.expired(nowMs - 1, 10)).toEqual([])
    expect(await attachments.expired(nowMs, 10)).toEqual([attachmentId])
    await attachments.delete(attachmentId)
    expect(await attachments.byId(attachmentId)).toBeUndefined()
    expect(await attachments.complete(attachmentId)).toBe(false)
  })
}

function attachmentBytesCases(subject: StorageUnderTest): void {
  const attachmentId = 'a1'.repeat(16) as AttachmentId
  const other = 'b2'.repeat(16) as AttachmentId
  // More than two of GridFS's chunks, and no multiple of them.
  const content = bytes(700_001)

  async function readBack(start: number, end: number): Promise<Uint8Array> {
    const parts: Buffer[] = []
    const source = await subject.storage.attachmentBytes.read(attachmentId, { start, end })
    for await (const part of source) parts.push(part as Buffer)
    return Buffer.concat(parts)
  }

  it('keeps the bytes of an upload that breaks off and goes on after a restart, and gives any part of them', async () => {
    const breaking = new PassThrough()
    const begun = subject.storage.attachmentBytes.append(attachmentId, 0, breaking)
    breaking.write(content.subarray(0, 300_000))
    await expect.poll(() => breaking.readableLength).toBe(0)
    breaking.destroy(new Error('the lift'))
    await expect(begun).rejects.toThrow()
    await subject.reopen()

    const { attachmentBytes } = subject.storage
    const arrived = await attachmentBytes.length(attachmentId)
    expect(arrived).toBeLessThanOrEqual(300_000)
    const length = await attachmentBytes.append(
      attachmentId,
      arrived,
      Readable.from([content.subarray(arrived)]),
    )
    expect(length).toBe(content.length)
    await attachmentBytes.seal(attachmentId, content.length)
    await subject.reopen()
    expect(hex(await readBack(0, content.length - 1))).toBe(hex(content))
    expect(hex(await readBack(261_119, 261_121))).toBe(hex(content.subarray(261_119, 261_122)))
    expect(hex(await readBack(700_000, 700_000))).toBe(hex(content.subarray(700_000)))
  })

  it('erases the bytes of one attachment and of no other', async () => {
    const { attachmentBytes } = subject.storage
    for (const id of [attachmentId, other]) {
      await attachmentBytes.append(id, 0, Readable.from([content]))
      await attachmentBytes.seal(id, content.length)
    }
    await attachmentBytes.erase(other)
    await attachmentBytes.erase(other)
    expect(await attachmentBytes.length(other)).toBe(0)
    expect(await attachmentBytes.length(attachmentId)).toBe(content.length)
    expect(hex(await readBack(0, 9))).toBe(hex(content.subarray(0, 10)))
  })
}

function installationCases(subject: StorageUnderTest): void {
  it('keeps the installation’s secrets, one of them when two are made at once', async () => {
    const [one, two] = [bytes(32), bytes(32)]
    const { installation } = subject.storage
    const kept = await Promise.all([one, two].map((value) => installation.putIfAbsent('vapid', value)))
    const [winner] = kept.map(hex)
    expect([hex(one), hex(two)]).toContain(winner)
    expect(kept.map(hex)).toEqual([winner, winner])
    await subject.reopen()
    expect(hex(await subject.storage.installation.get('vapid'))).toBe(winner)
    await subject.storage.installation.set('vapid', two)
    expect(hex(await subject.storage.installation.get('vapid'))).toBe(hex(two))
    await subject.storage.installation.delete('vapid')
    expect(await subject.storage.installation.get('vapid')).toBeUndefined()
  })
}
