/** Sessions between two of our own devices: what a person would notice. */
import { beforeEach, describe, expect, it } from 'vitest'
import { utf8ToBytes } from '../primitives/bytes.ts'
import { MemoryDevice } from '../testing/memory-device.ts'
import type { CiphertextMessage } from '../wire/ciphertext-message.ts'
import { MAX_PLAINTEXT_LENGTH } from '../wire/limits.ts'
import { decodeSessionRecord } from './session-codec.ts'
import { archiveCurrentSession, hasUsableSession, sessionRatchetKeyMatches } from './session-record.ts'

const DAY_MS = 86_400_000
const text = utf8ToBytes
const code = (value: string) => expect.objectContaining({ code: value })

let alice: MemoryDevice
let bob: MemoryDevice

beforeEach(async () => {
  alice = await MemoryDevice.create({ serviceId: 'a0000000-0000-4000-8000-000000000001', deviceId: 1 })
  bob = await MemoryDevice.create({ serviceId: 'b0000000-0000-4000-8000-000000000002', deviceId: 3 })
})

async function open(from: MemoryDevice, to: MemoryDevice, oneTime = true): Promise<void> {
  await from.open(await to.publishBundle({ oneTime }), to.address)
}

async function send(from: MemoryDevice, to: MemoryDevice, body: string): Promise<CiphertextMessage> {
  const message = await from.encrypt(text(body), to.address)
  expect(await to.decrypt(message, from.address)).toEqual(text(body))
  return message
}

async function record(of: MemoryDevice, peer: MemoryDevice): Promise<Uint8Array> {
  return (await of.stores.loadSession(peer.address)) ?? new Uint8Array()
}

describe('a session', () => {
  it('carries the handshake until the peer has answered', async () => {
    await open(alice, bob)
    expect((await send(alice, bob, 'one')).type).toBe(3)
    expect((await send(alice, bob, 'two')).type).toBe(3)
    expect((await send(bob, alice, 'answer')).type).toBe(2)
    expect((await send(alice, bob, 'three')).type).toBe(2)
  })

  it('uses up the one-time prekey, and works without one', async () => {
    await open(alice, bob)
    expect(bob.stores.preKeys.size).toBe(1)
    await send(alice, bob, 'one')
    expect(bob.stores.preKeys.size).toBe(0)
    const carol = await MemoryDevice.create({ ...alice.address, deviceId: 2 })
    await open(carol, bob, false)
    await send(carol, bob, 'from elsewhere')
  })

  it('carries an empty message and the longest one, and refuses a longer one', async () => {
    await open(alice, bob)
    await send(alice, bob, '')
    await send(alice, bob, 'x'.repeat(MAX_PLAINTEXT_LENGTH))
    const tooLong = new Uint8Array(MAX_PLAINTEXT_LENGTH + 1)
    await expect(alice.encrypt(tooLong, bob.address)).rejects.toThrow(code('too_large'))
  })

  it('reads messages that come in another order, from chains of before too', async () => {
    await open(alice, bob)
    await send(alice, bob, 'hello')
    const late: CiphertextMessage[] = []
    for (let i = 0; i < 4; i++) {
      late.push(await alice.encrypt(text(`late ${i}`), bob.address))
      await send(bob, alice, 'turn')
      await send(alice, bob, 'turn')
    }
    for (const [i, message] of late.entries()) {
      expect(await bob.decrypt(message, alice.address)).toEqual(text(`late ${i}`))
    }
  })

  it('keeps five chains of the peer: a message of the sixth last is gone', async () => {
    await open(alice, bob)
    await send(alice, bob, 'hello')
    const lateInChain = async () => {
      await send(bob, alice, 'turn')
      await send(alice, bob, 'turn')
      return alice.encrypt(text('late'), bob.address)
    }
    const late = [await lateInChain(), await lateInChain()]
    for (let i = 0; i < 4; i++) {
      await send(bob, alice, 'turn')
      await send(alice, bob, 'turn')
    }
    const [sixth, fifth] = late as [CiphertextMessage, CiphertextMessage]
    await expect(bob.decrypt(sixth, alice.address)).rejects.toThrow(code('bad_mac'))
    expect(await bob.decrypt(fifth, alice.address)).toEqual(text('late'))
  })

  it('that was never answered is not used after thirty days', async () => {
    const openedMs = Date.UTC(2026, 0, 1)
    await alice.open(await bob.publishBundle(), bob.address, openedMs)
    expect(hasUsableSession(await record(alice, bob), openedMs + 30 * DAY_MS)).toBe(true)
    const late = openedMs + 30 * DAY_MS + 1_000
    expect(hasUsableSession(await record(alice, bob), late)).toBe(false)
    await expect(alice.encrypt(text('late'), bob.address, late)).rejects.toThrow(code('session_expired'))
  })

  it('names its ratchet key to a request to send again', async () => {
    await open(alice, bob)
    const key = decodeSessionRecord(await record(alice, bob)).current?.senderChain?.ratchetKey
    if (!key) throw new Error('no ratchet key')
    expect(sessionRatchetKeyMatches(await record(alice, bob), key)).toBe(true)
    expect(sessionRatchetKeyMatches(await record(alice, bob), bob.identity.publicKey)).toBe(false)
    expect(sessionRatchetKeyMatches(archiveCurrentSession(await record(alice, bob)), key)).toBe(false)
  })
})

describe('several sessions with one device', () => {
  it('that were opened at the same moment come to one', async () => {
    await open(alice, bob)
    await open(bob, alice)
    const fromAlice = await alice.encrypt(text('from Alice'), bob.address)
    const fromBob = await bob.encrypt(text('from Bob'), alice.address)
    expect(await bob.decrypt(fromAlice, alice.address)).toEqual(text('from Alice'))
    expect(await alice.decrypt(fromBob, bob.address)).toEqual(text('from Bob'))
    for (let i = 0; i < 5; i++) {
      await send(alice, bob, `to Bob ${i}`)
      await send(bob, alice, `to Alice ${i}`)
    }
    expect((await send(alice, bob, 'settled')).type).toBe(2)
    expect(decodeSessionRecord(await record(alice, bob)).archived).toHaveLength(1)
  })

  it('that are archived still read, and become current by reading', async () => {
    await open(alice, bob)
    await send(alice, bob, 'hello')
    await send(bob, alice, 'hello')
    const old = await alice.encrypt(text('of the old session'), bob.address)
    await open(alice, bob)
    await send(alice, bob, 'of the new session')
    expect(decodeSessionRecord(await record(bob, alice)).archived).toHaveLength(1)
    expect(await bob.decrypt(old, alice.address)).toEqual(text('of the old session'))
    await send(bob, alice, 'answer in the old session')
    await send(alice, bob, 'and on')
  })

  it('are kept up to forty in the archive', async () => {
    const firstOfEach: CiphertextMessage[] = []
    for (let i = 0; i < 43; i++) {
      await open(alice, bob, false)
      await send(alice, bob, 'opens')
      firstOfEach.push(await alice.encrypt(text(`of session ${i}`), bob.address))
    }
    expect(decodeSessionRecord(await record(bob, alice)).archived).toHaveLength(40)
    expect(await bob.decrypt(firstOfEach[2]!, alice.address)).toEqual(text('of session 2'))
    // two sessions have fallen out: their base keys were used before
    await expect(bob.decrypt(firstOfEach[0]!, alice.address)).rejects.toThrow(code('reused_base_key'))
  })

  it('can be archived by hand: nothing is sent until a new one is opened', async () => {
    await open(alice, bob)
    await send(alice, bob, 'hello')
    await alice.stores.storeSession(bob.address, archiveCurrentSession(await record(alice, bob)))
    await expect(alice.encrypt(text('no'), bob.address)).rejects.toThrow(code('no_session'))
    await send(bob, alice, 'still read')
    expect(await alice.encrypt(text('and current again'), bob.address)).toMatchObject({ type: 2 })
  })
})

describe('two devices of one account', () => {
  it('talk to each other under one identity key', async () => {
    const second = await MemoryDevice.create({ ...alice.address, deviceId: 2 }, alice.identity)
    await open(alice, second)
    await send(alice, second, 'sync')
    await send(second, alice, 'synced')
  })
})
