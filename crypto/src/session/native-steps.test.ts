/**
 * State after every step beside the native library's: both start from the same stored record, take the same input, and
 * everything in what they store that is not freshly drawn must be equal, the post-quantum ratchet included.
 */
import { expect, it } from 'vitest'
import { NativeDevice, plain, sessionKey } from '../../../test/interop/native-device.ts'
import type { ProtocolAddress } from '../identity/address.ts'
import { utf8ToBytes } from '../primitives/bytes.ts'
import { MemoryDevice } from '../testing/memory-device.ts'
import type { CiphertextMessage } from '../wire/ciphertext-message.ts'
import { decodeSignalMessage } from '../wire/signal-message.ts'
import { decodeSessionRecord } from './session-codec.ts'
import type { SessionState } from './session-state.ts'
import { decodeSpqrState } from './spqr/state-codec.ts'

const STEPS = 300
const alice: ProtocolAddress = { serviceId: 'a0000000-0000-4000-8000-000000000001', deviceId: 1 }
const bob: ProtocolAddress = { serviceId: 'b0000000-0000-4000-8000-000000000002', deviceId: 1 }

function sessionOf(record: Uint8Array): SessionState {
  const { current } = decodeSessionRecord(record.slice())
  if (!current) throw new Error('no session')
  return current
}

/** What a step leaves that no fresh key went into. */
function fixedParts(session: SessionState, stepped: boolean, sampled: boolean) {
  const { rootKey, senderChain, pqRatchet, ...rest } = session
  const drawn = stepped ? {} : { rootKey, senderChain }
  return { ...rest, ...drawn, ...(sampled ? {} : { spqr: decodeSpqrState(pqRatchet) }) }
}

// comparing text is much faster than comparing arrays
function asText(parts: object): string {
  return JSON.stringify(
    parts,
    (_, value) => (value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value),
    1,
  )
}

/** Whether sending now draws keys for the post-quantum ratchet. */
function samplesOnSend(session: SessionState): boolean {
  const { phase } = decodeSpqrState(session.pqRatchet).braid
  return phase === 'keysUnsampled' || phase === 'headerReceived'
}

class Twins {
  readonly #ours: MemoryDevice
  readonly #theirs: NativeDevice
  compared = 0

  private constructor(ours: MemoryDevice) {
    this.#ours = ours
    this.#theirs = new NativeDevice(alice, ours.identity)
  }

  static async create(): Promise<Twins> {
    return new Twins(await MemoryDevice.create(alice))
  }

  open = async (peer: NativeDevice) => this.#theirs.open(await peer.publishBundle(), bob)

  get record(): Uint8Array {
    return this.#theirs.sessions.get(sessionKey(bob))!
  }

  async encrypt(plaintext: Uint8Array, takeOurs: boolean): Promise<CiphertextMessage> {
    const before = sessionOf(this.record)
    this.#ours.stores.sessions.set(sessionKey(bob), this.record.slice())
    const theirs = await this.#theirs.encrypt(plaintext, bob)
    const ours = await this.#ours.encrypt(plaintext, bob)
    const sampled = samplesOnSend(before)
    this.#compare(false, sampled, takeOurs)
    if (!sampled) expect(Buffer.from(ours.body).equals(theirs.body)).toBe(true)
    return takeOurs ? ours : theirs
  }

  async decrypt(message: CiphertextMessage, takeOurs: boolean): Promise<Uint8Array> {
    const before = sessionOf(this.record)
    const { ratchetKey } = decodeSignalMessage(message.body)
    const stepped = !before.receiverChains.some((chain) => Buffer.from(chain.ratchetKey).equals(ratchetKey))
    this.#ours.stores.sessions.set(sessionKey(bob), this.record.slice())
    const theirs = await this.#theirs.decrypt(message, bob)
    const ours = await this.#ours.decrypt(message, bob)
    expect(Buffer.from(ours).equals(theirs)).toBe(true)
    this.#compare(stepped, false, takeOurs)
    return ours
  }

  #compare(stepped: boolean, sampled: boolean, takeOurs: boolean): void {
    const ours = this.#ours.stores.sessions.get(sessionKey(bob))!
    const [a, b] = [sessionOf(ours), sessionOf(this.record)]
    expect(asText(fixedParts(a, stepped, sampled))).toBe(asText(fixedParts(b, stepped, sampled)))
    this.compared++
    if (takeOurs) this.#theirs.sessions.set(sessionKey(bob), plain(ours))
  }
}

it('is equal after every step, through losses, late messages and epochs', async () => {
  const twins = await Twins.create()
  const peer = new NativeDevice(bob)
  await twins.open(peer)
  await peer.decrypt(await twins.encrypt(utf8ToBytes('hello'), true), alice)
  await twins.decrypt(await peer.encrypt(utf8ToBytes('hello'), alice), false)
  const late: CiphertextMessage[] = []
  for (let i = 0; i < STEPS; i++) {
    const takeOurs = i % 2 === 0
    const out = await twins.encrypt(utf8ToBytes(`out ${i}`), takeOurs)
    if (i % 5 !== 0) await peer.decrypt(out, alice)
    const back = await peer.encrypt(utf8ToBytes(`back ${i}`), alice)
    if (i % 7 === 0) late.push(back)
    else if (i % 11 !== 0) await twins.decrypt(back, takeOurs)
    if (i % 7 === 2) for (const message of late.splice(0)) await twins.decrypt(message, !takeOurs)
  }
  expect(twins.compared).toBeGreaterThan(1.7 * STEPS)
  expect(decodeSpqrState(sessionOf(twins.record).pqRatchet).braid.epoch).toBeGreaterThan(3)
})
