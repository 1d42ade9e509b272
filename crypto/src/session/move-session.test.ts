/** Sessions as a move between this engine and the native library, in both directions, and what stays behind. */
import * as native from '@signalapp/libsignal-client'
import { beforeEach, describe, expect, it } from 'vitest'
import { NativeDevice, plain, sessionKey } from '../../../test/interop/native-device.ts'
import { utf8ToBytes } from '../primitives/bytes.ts'
import { generateKeyPair } from '../primitives/curve.ts'
import { MemoryDevice } from '../testing/memory-device.ts'
import { exportSession, importSession } from './move-session.ts'
import { decodeSessionRecord, encodeSessionRecord } from './session-codec.ts'
import { hasUsableSession } from './session-record.ts'

const text = utf8ToBytes
const code = (value: string) => expect.objectContaining({ name: 'CryptoError', code: value })
const bob = { serviceId: 'b0000000-0000-4000-8000-000000000002', deviceId: 1 }

let alice: MemoryDevice
let nativeAlice: NativeDevice
let peer: NativeDevice

beforeEach(async () => {
  alice = await MemoryDevice.create({ serviceId: 'a0000000-0000-4000-8000-000000000001', deviceId: 1 })
  nativeAlice = new NativeDevice(alice.address, alice.identity)
  peer = new NativeDevice(bob)
  await alice.open(await peer.publishBundle(), bob)
  await talk(alice, 5)
})

async function talk(device: MemoryDevice | NativeDevice, rounds: number): Promise<void> {
  for (let i = 0; i < rounds; i++) {
    const out = await device.encrypt(text(`out ${i}`), bob)
    expect(await peer.decrypt(out, alice.address)).toEqual(text(`out ${i}`))
    const back = await peer.encrypt(text(`back ${i}`), alice.address)
    expect(await device.decrypt(back, bob)).toEqual(text(`back ${i}`))
  }
}

describe('a session that is handed over', () => {
  it('goes on in the native library, and comes back, with messages that are still on their way', async () => {
    for (let move = 0; move < 3; move++) {
      const late = await peer.encrypt(text('on its way'), alice.address)
      await peer.encrypt(text('lost'), alice.address)
      const record = await exportSession(alice.stores, bob)
      nativeAlice.sessions.set(sessionKey(bob), native.SessionRecord.deserialize(plain(record)).serialize())
      await talk(nativeAlice, 3)
      expect(await nativeAlice.decrypt(late, bob)).toEqual(text('on its way'))
      const later = await peer.encrypt(text('on its way back'), alice.address)
      await importSession(alice.stores, bob, nativeAlice.sessions.get(sessionKey(bob))!)
      await talk(alice, 3)
      expect(await alice.decrypt(later, bob)).toEqual(text('on its way back'))
    }
  })

  it('is refused here from then on, whatever is asked, and nothing is written', async () => {
    const incoming = await peer.encrypt(text('hello'), alice.address)
    await exportSession(alice.stores, bob)
    const left = alice.stores.sessions.get(sessionKey(bob))!
    const before = alice.stores.writes
    await expect(alice.encrypt(text('no'), bob)).rejects.toThrow(code('session_moved'))
    await expect(alice.decrypt(incoming, bob)).rejects.toThrow(code('session_moved'))
    await expect(alice.open(await peer.publishBundle(), bob)).rejects.toThrow(code('session_moved'))
    await expect(exportSession(alice.stores, bob)).rejects.toThrow(code('session_moved'))
    expect(() => hasUsableSession(left, Date.now())).toThrow(code('session_moved'))
    expect(alice.stores.writes).toBe(before)
    expect(alice.stores.sessions.get(sessionKey(bob))).toEqual(left)
    // to the native library what is left is a record without a session
    expect(native.SessionRecord.deserialize(plain(left)).hasCurrentState()).toBe(false)
  })

  it('is disabled before its bytes are given out: a store that fails gives none', async () => {
    const failing = {
      loadSession: alice.stores.loadSession.bind(alice.stores),
      storeSession: async () => {
        throw new Error('disk full')
      },
    }
    await expect(exportSession(failing, bob)).rejects.toThrow('disk full')
    await talk(alice, 2)
  })
})

describe('a session is not taken over', () => {
  it('where one is in use, unless told to', async () => {
    const stale = alice.stores.sessions.get(sessionKey(bob))!.slice()
    await talk(alice, 1)
    const live = alice.stores.sessions.get(sessionKey(bob))
    await expect(importSession(alice.stores, bob, stale)).rejects.toThrow(code('session_exists'))
    expect(alice.stores.sessions.get(sessionKey(bob))).toBe(live)
    await importSession(alice.stores, bob, stale, { replaceLive: true })
    expect(alice.stores.sessions.get(sessionKey(bob))).toEqual(stale)
  })

  it('when it is damaged, empty, or of another identity', async () => {
    const record = await exportSession(alice.stores, bob)
    const { current, archived } = decodeSessionRecord(record.slice())
    if (!current) throw new Error('no session')
    const refused: [Uint8Array, string][] = [
      [record.subarray(0, record.length - 9), 'invalid_session'],
      [new Uint8Array(), 'no_session'],
      [alice.stores.sessions.get(sessionKey(bob))!, 'session_moved'],
      [
        encodeSessionRecord({ current: { ...current, pqRatchet: new Uint8Array() }, archived }),
        'missing_spqr',
      ],
      [
        encodeSessionRecord({
          current: { ...current, localIdentity: generateKeyPair().publicKey },
          archived,
        }),
        'invalid_session',
      ],
    ]
    const before = alice.stores.writes
    for (const [bytes, expected] of refused) {
      await expect(importSession(alice.stores, bob, bytes)).rejects.toThrow(code(expected))
    }
    expect(alice.stores.writes).toBe(before)
    await importSession(alice.stores, bob, record)
    await talk(alice, 2)
  })
})
