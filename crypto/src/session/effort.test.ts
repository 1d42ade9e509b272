/** What one short message of a hostile peer may cost, however many sessions that peer has opened before. */
import { expect, it } from 'vitest'
import { randomBytes, utf8ToBytes } from '../primitives/bytes.ts'
import { generateKeyPair } from '../primitives/curve.ts'
import { MemoryDevice } from '../testing/memory-device.ts'
import { skipMessages } from '../testing/skip-messages.ts'
import { decodeSignalMessage, encodeSignalMessage } from '../wire/signal-message.ts'
import { Effort } from './effort.ts'
import { decodeSession, decodeSessionRecord } from './session-codec.ts'
import { decryptWithSession } from './triple-ratchet.ts'

const ARCHIVED = 40
const text = utf8ToBytes

/** Bob with forty archived sessions of Alice and a current one; Alice's side of the first, as it was. */
async function manySessions() {
  const alice = await MemoryDevice.create({ serviceId: 'a0000000-0000-4000-8000-000000000001', deviceId: 1 })
  const bob = await MemoryDevice.create({ serviceId: 'b0000000-0000-4000-8000-000000000002', deviceId: 1 })
  let oldest: Uint8Array | undefined
  for (let i = 0; i <= ARCHIVED; i++) {
    await alice.open(await bob.publishBundle({ oneTime: false }), bob.address)
    await bob.decrypt(await alice.encrypt(text('hello'), bob.address), alice.address)
    await alice.decrypt(await bob.encrypt(text('hello'), alice.address), bob.address)
    oldest ??= (await alice.stores.loadSession(bob.address))?.slice()
  }
  const stored = (await bob.stores.loadSession(alice.address)) ?? new Uint8Array()
  return { alice, bob, oldest: oldest!, record: decodeSessionRecord(stored.slice()) }
}

it('is one bound for all archived sessions together, and each refusal leaves the session as it was', async () => {
  const { alice, bob, record } = await manySessions()
  await skipMessages(alice, bob.address, 20_000)
  const { pqRatchet } = decodeSignalMessage((await alice.encrypt(text('far'), bob.address)).body)
  const hostile = encodeSignalMessage(
    {
      ratchetKey: generateKeyPair().publicKey,
      counter: 20_000,
      previousCounter: 0,
      ciphertext: new Uint8Array(16),
      pqRatchet,
    },
    {
      macKey: randomBytes(32),
      senderIdentity: alice.identity.publicKey,
      receiverIdentity: bob.identity.publicKey,
    },
  )
  const received = { decoded: decodeSignalMessage(hostile), serialized: hostile }
  const effort = Effort.forArchive()
  const refusals: unknown[] = []
  const endpoints = { local: bob.address, remote: alice.address }
  for (const bytes of record.archived) {
    const attempt = decryptWithSession(decodeSession(bytes), received, endpoints, effort)
    refusals.push(await attempt.catch((error: { code?: string }) => error.code))
  }
  expect(refusals).toHaveLength(ARCHIVED)
  // two sessions' worth of steps at most; every other attempt was refused before it made any
  expect(refusals.filter((code) => code === 'too_far_in_future').length).toBeGreaterThanOrEqual(ARCHIVED - 2)
  expect(effort.stepsLeft).toBeGreaterThanOrEqual(0)
  const before = await bob.stores.loadSession(alice.address)
  await expect(bob.decrypt({ type: 2, body: hostile }, alice.address)).rejects.toThrow()
  expect(await bob.stores.loadSession(alice.address)).toBe(before)
})

it('does not keep an honest message of the oldest session from being read, however many before it were lost', async () => {
  const { alice, bob, oldest } = await manySessions()
  await alice.stores.storeSession(bob.address, oldest)
  await alice.encrypt(text('first of a chain, lost'), bob.address)
  const second = await alice.encrypt(text('second'), bob.address)
  expect(await bob.decrypt(second, alice.address)).toEqual(text('second'))
  await skipMessages(alice, bob.address, 24_990)
  const far = await alice.encrypt(text('far'), bob.address)
  expect(await bob.decrypt(far, alice.address)).toEqual(text('far'))
})
