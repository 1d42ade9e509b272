/**
 * Session records are libsignal's own bytes: either engine reads what the other stored, at every stage of the ratchets,
 * and the conversation goes on.
 */
import { randomUUID } from 'node:crypto'
import { archiveCurrentSession, hasUsableSession, remoteRegistrationId } from '@pli/crypto'
import { MemoryDevice, MemoryStores, spqrPhase } from '@pli/crypto/testing'
import * as native from '@signalapp/libsignal-client'
import { describe, expect, it } from 'vitest'
import { NativeDevice, plain, sessionKey } from './native-device.ts'

const text = (value: string) => new TextEncoder().encode(value)

/** One device that both engines can be. */
async function twin() {
  const address = { serviceId: randomUUID(), deviceId: 1 }
  const ours = await MemoryDevice.create(address)
  return { address, ours, theirs: new NativeDevice(address, ours.identity) }
}

type Twin = Awaited<ReturnType<typeof twin>>

function moveToNative({ ours, theirs }: Twin, peer: Twin): void {
  const record = ours.stores.sessions.get(sessionKey(peer.address))
  if (record) theirs.sessions.set(sessionKey(peer.address), plain(record))
}

function moveToOurs({ ours, theirs }: Twin, peer: Twin): void {
  const record = theirs.sessions.get(sessionKey(peer.address))
  if (record) ours.stores.sessions.set(sessionKey(peer.address), record)
}

function shareKeys({ ours, theirs }: Twin): void {
  for (const [id, record] of ours.stores.preKeys) theirs.preKeys.set(id, plain(record))
  for (const [id, record] of ours.stores.signedPreKeys) theirs.signedPreKeys.set(id, plain(record))
  for (const [id, record] of ours.stores.kyberPreKeys) theirs.kyberPreKeys.set(id, plain(record))
}

/** Hands the session to the other engine before each use, by turns that do not fall in with the direction. */
async function converse(a: Twin, b: Twin, rounds: number, seen: Set<string>): Promise<void> {
  let step = 0
  for (let i = 0; i < rounds; i++) {
    for (const [from, to] of i % 3 === 0
      ? [[a, b]]
      : [
          [a, b],
          [b, a],
        ]) {
      if (!from || !to) continue
      const body = text(`message ${i}`)
      const message = await useEngine(from, to, step++, seen, (device) => device.encrypt(body, to.address))
      // losses drive the erasure code beyond the value's own chunks
      if (i > 2 && (i * 7 + step) % 5 === 0) continue
      const read = await useEngine(to, from, step++, seen, (device) => device.decrypt(message, from.address))
      expect(read).toEqual(body)
    }
  }
}

async function useEngine<T>(
  me: Twin,
  peer: Twin,
  step: number,
  seen: Set<string>,
  act: (device: MemoryDevice | NativeDevice) => Promise<T>,
): Promise<T> {
  const record = me.ours.stores.sessions.get(sessionKey(peer.address))
  const useNative = step % 5 < 2
  if (useNative) {
    moveToNative(me, peer)
    const result = await act(me.theirs)
    moveToOurs(me, peer)
    return result
  }
  if (record) seen.add(spqrPhase(record))
  return act(me.ours)
}

describe('stored records', () => {
  it('go from one engine to the other at every stage and the conversation goes on', async () => {
    const [a, b] = [await twin(), await twin()]
    await a.ours.open(await b.ours.publishBundle(), b.address)
    shareKeys(b)
    const seen = new Set<string>()
    await converse(a, b, 500, seen)
    // all eleven phases of the braid were stored by one engine and read by the other
    expect(seen.size).toBe(11)
  }, 120_000)

  it('are byte for byte what the native library writes', async () => {
    const ours = await MemoryDevice.create({ serviceId: randomUUID(), deviceId: 1 })
    const peer = await MemoryDevice.create({ serviceId: randomUUID(), deviceId: 1 })
    await ours.open(await peer.publishBundle(), peer.address)
    for (let i = 0; i < 60; i++) {
      const skipped = await ours.encrypt(text('late'), peer.address)
      await peer.decrypt(await ours.encrypt(text('there'), peer.address), ours.address)
      await ours.decrypt(await peer.encrypt(text('back'), ours.address), peer.address)
      if (i % 3 === 0) await peer.decrypt(skipped, ours.address)
      for (const device of [ours, peer]) {
        for (const record of device.stores.sessions.values()) {
          const rewritten = native.SessionRecord.deserialize(plain(record)).serialize()
          expect(rewritten).toEqual(plain(record))
        }
      }
    }
  })

  it('answer the same questions as with the native library', async () => {
    const ours = await MemoryDevice.create({ serviceId: randomUUID(), deviceId: 1 })
    const peer = new NativeDevice({ serviceId: randomUUID(), deviceId: 1 })
    const nowMs = Date.now()
    await ours.open(await peer.publishBundle(), peer.address, nowMs)
    const record = plain(ours.stores.sessions.get(sessionKey(peer.address)) ?? new Uint8Array())
    const parsed = native.SessionRecord.deserialize(record)
    expect(remoteRegistrationId(record)).toBe(parsed.remoteRegistrationId())
    for (const afterDays of [0, 29, 30, 31, 40]) {
      const then = nowMs + afterDays * 86_400_000
      expect(hasUsableSession(record, then)).toBe(parsed.hasCurrentState(new Date(then)))
    }
    parsed.archiveCurrentState()
    expect(archiveCurrentSession(record)).toEqual(parsed.serialize())
    expect(hasUsableSession(archiveCurrentSession(record), nowMs)).toBe(false)
  })

  it('of prekeys are read by the native library', async () => {
    const ours = await MemoryDevice.create({ serviceId: randomUUID(), deviceId: 1 })
    await ours.publishBundle()
    for (const record of ours.stores.preKeys.values()) {
      expect(native.PreKeyRecord.deserialize(plain(record)).serialize()).toEqual(plain(record))
    }
    for (const record of ours.stores.signedPreKeys.values()) {
      expect(native.SignedPreKeyRecord.deserialize(plain(record)).serialize()).toEqual(plain(record))
    }
    for (const record of ours.stores.kyberPreKeys.values()) {
      expect(native.KyberPreKeyRecord.deserialize(plain(record)).serialize()).toEqual(plain(record))
    }
    expect(ours.stores).toBeInstanceOf(MemoryStores)
  })
})
