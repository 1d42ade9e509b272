/** What a session leaves in memory when it has moved on. */
import { beforeEach, expect, it } from 'vitest'
import { bytesToHex, utf8ToBytes } from '../primitives/bytes.ts'
import { MemoryDevice } from '../testing/memory-device.ts'
import { decodeSessionRecord } from './session-codec.ts'
import type { SessionState } from './session-state.ts'
import { decodeSpqrState } from './spqr/state-codec.ts'
import { encryptWithSession } from './triple-ratchet.ts'

const text = utf8ToBytes

let alice: MemoryDevice
let bob: MemoryDevice

beforeEach(async () => {
  alice = await MemoryDevice.create({ serviceId: 'a0000000-0000-4000-8000-000000000001', deviceId: 1 })
  bob = await MemoryDevice.create({ serviceId: 'b0000000-0000-4000-8000-000000000002', deviceId: 1 })
  await alice.open(await bob.publishBundle(), bob.address)
  await bob.decrypt(await alice.encrypt(text('hello'), bob.address), alice.address)
  await alice.decrypt(await bob.encrypt(text('hello'), alice.address), bob.address)
})

const stored = async (of: MemoryDevice, peer: MemoryDevice) => (await of.stores.loadSession(peer.address))!

function currentOf(record: Uint8Array): SessionState {
  const { current } = decodeSessionRecord(record)
  if (!current) throw new Error('no session')
  return current
}

it('is no root, chain or ratchet key of before, once the next state is stored', async () => {
  const before = currentOf(await stored(bob, alice))
  const chain = decodeSpqrState(before.pqRatchet).chain?.epochs[0]
  const old = [
    before.rootKey,
    before.senderChain!.ratchetPrivateKey,
    before.senderChain!.chainKey.key,
    chain!.receive.next,
  ]
  for (const secret of old) expect(secret.some((byte) => byte !== 0)).toBe(true)
  await bob.decrypt(await alice.encrypt(text('next'), bob.address), alice.address)
  for (const secret of old) expect(bytesToHex(secret)).toBe('00'.repeat(32))
  const after = currentOf(await stored(bob, alice))
  for (const secret of [after.rootKey, after.senderChain!.chainKey.key, after.remoteIdentity]) {
    expect(secret.some((byte) => byte !== 0)).toBe(true)
  }
})

it('does not touch what the store holds: a transaction that failed is done again from the old bytes', async () => {
  const before = await stored(bob, alice)
  const copy = bytesToHex(before)
  const message = await alice.encrypt(text('twice'), bob.address)
  expect(await bob.decrypt(message, alice.address)).toEqual(text('twice'))
  expect(bytesToHex(before)).toBe(copy)
  // the caller's transaction was rolled back
  await bob.stores.storeSession(alice.address, before)
  expect(await bob.decrypt(message, alice.address)).toEqual(text('twice'))
  await alice.decrypt(await bob.encrypt(text('and on'), alice.address), bob.address)
})

it('stays whole when a message is refused or the store fails', async () => {
  const message = await alice.encrypt(text('a dose'), bob.address)
  const body = Uint8Array.from(message.body)
  body[body.length - 1]! ^= 1
  await expect(bob.decrypt({ ...message, body }, alice.address)).rejects.toThrow()
  const { storeSession } = bob.stores
  bob.stores.storeSession = async () => {
    throw new Error('disk full')
  }
  await expect(bob.decrypt(message, alice.address)).rejects.toThrow('disk full')
  bob.stores.storeSession = storeSession
  expect(await bob.decrypt(message, alice.address)).toEqual(text('a dose'))
})

it('is never used again: keys of zeros encrypt nothing', async () => {
  const before = currentOf(await stored(alice, bob))
  await alice.encrypt(text('next'), bob.address)
  expect(() => encryptWithSession(before, text('again'), undefined)).toThrow(
    expect.objectContaining({ code: 'invalid_session' }),
  )
})
