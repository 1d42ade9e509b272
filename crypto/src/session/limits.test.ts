/**
 * How far ahead a message may be and how many keys are kept, at the very edge. `test/interop/limits.test.ts` holds the
 * same edges against the native library.
 */
import { beforeEach, describe, expect, it } from 'vitest'
import { utf8ToBytes } from '../primitives/bytes.ts'
import { generateKeyPair } from '../primitives/curve.ts'
import { MemoryDevice } from '../testing/memory-device.ts'
import { skipMessages } from '../testing/skip-messages.ts'
import type { CiphertextMessage } from '../wire/ciphertext-message.ts'
import { decodeSignalMessage } from '../wire/signal-message.ts'
import { takeMessageSeed } from './double-ratchet.ts'
import { decodeSessionRecord, encodeSessionRecord } from './session-codec.ts'
import type { ChainKey, SessionState } from './session-state.ts'
import { nextSendKey, startKeyChain, takeReceiveKey } from './spqr/key-chain.ts'

const text = utf8ToBytes
const code = (value: string) => expect.objectContaining({ code: value })

let alice: MemoryDevice
let bob: MemoryDevice

beforeEach(async () => {
  alice = await MemoryDevice.create({ serviceId: 'a0000000-0000-4000-8000-000000000001', deviceId: 1 })
  bob = await MemoryDevice.create({ serviceId: 'b0000000-0000-4000-8000-000000000002', deviceId: 1 })
})

async function converse(a: MemoryDevice, b: MemoryDevice): Promise<void> {
  await a.open(await b.publishBundle(), b.address)
  await b.decrypt(await a.encrypt(text('hello'), b.address), a.address)
  await a.decrypt(await b.encrypt(text('hello'), a.address), b.address)
}

describe('a chain of the double ratchet by itself', () => {
  it('is moved 25,000 on, and not one more', async () => {
    await converse(alice, bob)
    const stored = (await bob.stores.loadSession(alice.address)) ?? new Uint8Array()
    const session = decodeSessionRecord(stored).current
    if (!session) throw new Error('no session')
    const { ratchetKey, chainKey } = session.receiverChains[0]!
    const ahead = (from: SessionState, steps: number) =>
      takeMessageSeed(from, { ratchetKey, counter: chainKey.index + steps }, false)
    await expect(ahead(session, 25_001)).rejects.toThrow(code('too_far_in_future'))
    const { session: moved } = await ahead(session, 25_000)
    expect(moved.receiverChains[0]!.keptKeys).toHaveLength(2_000)
    expect(moved.receiverChains[0]!.keptKeys[0]!.index).toBe(chainKey.index + 24_999)
    const { session: again } = await ahead(moved, 26_500)
    expect(again.receiverChains[0]!.keptKeys).toHaveLength(2_000)
    // what was passed in is as it was
    expect(session.receiverChains[0]!.keptKeys).toHaveLength(0)
  })
})

describe('counters at the end of their 32 bits', () => {
  /** Moves the chain by which Alice sends to Bob on to an index, on both sides. */
  async function atIndex(index: number) {
    await converse(alice, bob)
    await bob.decrypt(await alice.encrypt(text('hello'), bob.address), alice.address)
    const at = <T extends { chainKey: ChainKey }>(chain: T) => ({
      ...chain,
      chainKey: { ...chain.chainKey, index },
    })
    await change(alice, bob, (session) => ({ ...session, senderChain: at(session.senderChain!) }))
    await change(bob, alice, (session) => ({ ...session, receiverChains: session.receiverChains.map(at) }))
  }

  async function change(of: MemoryDevice, peer: MemoryDevice, to: (session: SessionState) => SessionState) {
    const record = decodeSessionRecord((await of.stores.loadSession(peer.address))!.slice())
    await of.stores.storeSession(
      peer.address,
      encodeSessionRecord({ ...record, current: to(record.current!) }),
    )
  }

  it('end the chain on both sides, with a code, and an answer starts the next', async () => {
    await atIndex(0xffff_fffd)
    for (const index of [0xffff_fffd, 0xffff_fffe]) {
      const message = await alice.encrypt(text(`message ${index}`), bob.address)
      expect(decodeSignalMessage(message.body).counter).toBe(index)
      expect(await bob.decrypt(message, alice.address)).toEqual(text(`message ${index}`))
    }
    const before = alice.stores.writes
    await expect(alice.encrypt(text('one more'), bob.address)).rejects.toThrow(code('session_expired'))
    expect(alice.stores.writes).toBe(before)
    await alice.decrypt(await bob.encrypt(text('answer'), alice.address), bob.address)
    await bob.decrypt(await alice.encrypt(text('and on'), bob.address), alice.address)
  })

  it('are refused as the last number there is, whatever the chain', async () => {
    await atIndex(0xffff_fff0)
    const session = decodeSessionRecord((await bob.stores.loadSession(alice.address))!).current!
    const known = session.receiverChains.at(-1)!.ratchetKey
    for (const ratchetKey of [known, generateKeyPair().publicKey]) {
      for (const self of [false, true]) {
        await expect(takeMessageSeed(session, { ratchetKey, counter: 0xffff_ffff }, self)).rejects.toThrow(
          code('too_far_in_future'),
        )
      }
    }
  })

  it('end the chain of the post-quantum ratchet too', () => {
    const limits = { maxJump: 25_000, maxKeptKeys: 2_000 }
    const fresh = startKeyChain(new Uint8Array(32).fill(1), 'a-to-b', limits)
    const epochs = fresh.epochs.map(({ send, receive }) => ({
      send: { ...send, counter: 0xffff_ffff },
      receive: { ...receive, counter: 0xffff_fffe },
    }))
    const chain = { ...fresh, epochs }
    expect(() => nextSendKey(chain, 0)).toThrow(code('spqr_out_of_range'))
    const last = takeReceiveKey(chain, 0, 0xffff_ffff)
    expect(() => takeReceiveKey(last.chain, 0, 0xffff_ffff)).toThrow(code('spqr_failed'))
  })

  it('are not followed without end between devices of one account either', async () => {
    const second = await MemoryDevice.create({ ...alice.address, deviceId: 2 }, alice.identity)
    await converse(alice, second)
    const session = decodeSessionRecord((await second.stores.loadSession(alice.address))!).current!
    const { ratchetKey } = session.receiverChains.at(-1)!
    await expect(takeMessageSeed(session, { ratchetKey, counter: 4_000_000_000 }, true)).rejects.toThrow(
      code('too_far_in_future'),
    )
  })
})

describe('skipped messages', () => {
  it('are up to 24,999, so that the next is 25,000 steps ahead, and not one more', async () => {
    await converse(alice, bob)
    const beginning = (await alice.stores.loadSession(bob.address)) ?? new Uint8Array()
    await skipMessages(alice, bob.address, 25_000)
    const tooFar = await alice.encrypt(text('too far'), bob.address)
    const before = bob.stores.writes
    await expect(bob.decrypt(tooFar, alice.address)).rejects.toThrow(code('too_far_in_future'))
    expect(bob.stores.writes).toBe(before)
    await alice.stores.storeSession(bob.address, beginning)
    await skipMessages(alice, bob.address, 24_999)
    const far = await alice.encrypt(text('far'), bob.address)
    expect(await bob.decrypt(far, alice.address)).toEqual(text('far'))
  })

  it('are many more between devices of one account', async () => {
    const second = await MemoryDevice.create({ ...alice.address, deviceId: 2 }, alice.identity)
    await converse(alice, second)
    await skipMessages(alice, second.address, 25_010)
    const far = await alice.encrypt(text('far'), second.address)
    expect(await second.decrypt(far, alice.address)).toEqual(text('far'))
  })

  it('can be read later for the last 2,000 of them', async () => {
    await converse(alice, bob)
    const sent: CiphertextMessage[] = []
    const keep = new Set([0, 298, 299, 300, 301, 2_299])
    for (let i = 0; i < 2_300; i++) {
      if (keep.has(i)) sent[i] = await alice.encrypt(text(`message ${i}`), bob.address)
      else await skipMessages(alice, bob.address, 1)
    }
    const last = await alice.encrypt(text('last'), bob.address)
    expect(await bob.decrypt(last, alice.address)).toEqual(text('last'))
    for (const i of [300, 301, 2_299]) {
      expect(await bob.decrypt(sent[i]!, alice.address)).toEqual(text(`message ${i}`))
    }
    for (const i of [0, 298, 299, 300]) {
      await expect(bob.decrypt(sent[i]!, alice.address)).rejects.toThrow(code('duplicate_message'))
    }
  })
})
