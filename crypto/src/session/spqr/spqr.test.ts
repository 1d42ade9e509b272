/** The post-quantum ratchet between two of our own ends, under loss, and what it refuses. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CryptoError } from '../../errors.ts'
import { randomBytes } from '../../primitives/bytes.ts'
import { addEpoch, nextSendKey, startKeyChain, takeReceiveKey } from './key-chain.ts'
import { decodeSpqrMessage, encodeSpqrMessage, type SpqrMessage } from './message.ts'
import { spqrReceive, spqrSend, startSpqr } from './spqr.ts'
import { decodeSpqrState, encodeSpqrState } from './state-codec.ts'

const limits = { maxJump: 25_000, maxKeptKeys: 2_000 }
const code = (value: string) => expect.objectContaining({ code: value })

function startPair(): { a: Uint8Array; b: Uint8Array } {
  const initialKey = randomBytes(32)
  return {
    a: startSpqr({ initialKey, direction: 'a-to-b', limits }),
    b: startSpqr({ initialKey, direction: 'b-to-a', limits }),
  }
}

describe('the ratchet', () => {
  it('agrees on keys and moves through epochs although half the messages are lost', () => {
    const state = startPair()
    let received = 0
    for (let i = 0; i < 2_000; i++) {
      const [from, to] = i % 2 === 0 ? (['a', 'b'] as const) : (['b', 'a'] as const)
      const sent = spqrSend(state[from])
      state[from] = sent.state
      if (randomBytes(1)[0]! < 128) continue
      const got = spqrReceive(state[to], sent.message)
      state[to] = got.state
      expect(got.key).toEqual(sent.key)
      received++
    }
    expect(received).toBeGreaterThan(500)
    expect(decodeSpqrState(state.a).braid.epoch).toBeGreaterThan(3)
  })

  it('gives every message another key', () => {
    const { a } = startPair()
    const keys = new Set<string>()
    let state = a
    for (let i = 0; i < 50; i++) {
      const sent = spqrSend(state)
      state = sent.state
      keys.add(sent.key.join())
    }
    expect(keys.size).toBe(50)
  })

  it('refuses a message without it, of another version, without a key, and one from nowhere', () => {
    const { a, b } = startPair()
    const { message } = spqrSend(a)
    expect(() => spqrReceive(b, new Uint8Array())).toThrow(code('missing_spqr'))
    expect(() => spqrReceive(b, Uint8Array.from([2, ...message.subarray(1)]))).toThrow(code('missing_spqr'))
    const none: SpqrMessage = { epoch: 1, index: 0, payload: { kind: 'none' } }
    expect(() => spqrReceive(b, encodeSpqrMessage(none))).toThrow(code('missing_spqr'))
    const ahead = encodeSpqrMessage({ ...none, epoch: 2, index: 1 })
    expect(() => spqrReceive(b, ahead)).toThrow(code('spqr_out_of_range'))
    expect(() => spqrReceive(new Uint8Array(), message)).toThrow(code('missing_spqr'))
  })

  it('refuses a header that was changed on its way', () => {
    const pair = startPair()
    let { a, b } = pair
    const receiveTampered = () => {
      for (let i = 0; i < 3; i++) {
        const sent = spqrSend(a)
        a = sent.state
        const message = Uint8Array.from(sent.message)
        message[message.length - 1] = (message[message.length - 1] ?? 0) ^ 1
        b = spqrReceive(b, message).state
      }
    }
    expect(receiveTampered).toThrow(code('spqr_failed'))
  })
})

describe('a key that was changed on its way', () => {
  it.each(['key', 'keyAndCiphertext1Ack'] as const)(
    'is refused by who would encapsulate to it (%s)',
    (kind) => {
      let { a, b } = startPair()
      const refusals: unknown[] = []
      for (let i = 0; i < 200 && refusals.length === 0; i++) {
        const fromA = spqrSend(a)
        a = fromA.state
        try {
          b = spqrReceive(b, changeChunk(fromA.message, kind)).state
        } catch (error) {
          refusals.push(error)
        }
        const fromB = spqrSend(b)
        b = fromB.state
        a = spqrReceive(a, fromB.message).state
      }
      expect(refusals).toEqual([code('spqr_failed')])
      expect(decodeSpqrState(a).braid.epoch).toBe(1)
    },
  )
})

function changeChunk(bytes: Uint8Array, kind: SpqrMessage['payload']['kind']): Uint8Array {
  const message = decodeSpqrMessage(bytes)
  if (!('chunk' in message.payload) || message.payload.kind !== kind) return bytes
  const data = Uint8Array.from(message.payload.chunk.data)
  data[0] = (data[0] ?? 0) ^ 1
  return encodeSpqrMessage({
    ...message,
    payload: { ...message.payload, chunk: { ...message.payload.chunk, data } },
  })
}

describe('the key chain', () => {
  const key = randomBytes(32)
  const chain = startKeyChain(key, 'a-to-b', { maxJump: 20, maxKeptKeys: 10 })

  it('gives a key once', () => {
    const first = takeReceiveKey(chain, 0, 5)
    expect(() => takeReceiveKey(first.chain, 0, 5)).toThrow(code('spqr_failed'))
    const late = takeReceiveKey(first.chain, 0, 2)
    expect(() => takeReceiveKey(late.chain, 0, 2)).toThrow(code('spqr_failed'))
    // the chain that was passed in is untouched
    expect(takeReceiveKey(chain, 0, 5).key).toEqual(first.key)
  })

  it('jumps no further than its limit and keeps no more keys than its limit', () => {
    expect(() => takeReceiveKey(chain, 0, 21)).toThrow(code('too_far_in_future'))
    const jumped = takeReceiveKey(chain, 0, 20).chain
    expect(takeReceiveKey(jumped, 0, 10).key).toHaveLength(32)
    expect(() => takeReceiveKey(jumped, 0, 9)).toThrow(code('spqr_failed'))
  })

  it('forgets epochs as sending moves on, and never sends in an older one', () => {
    const secret = (epoch: number) => ({ epoch, secret: randomBytes(32) })
    const third = [1, 2, 3].reduce((grown, epoch) => addEpoch(grown, secret(epoch)), chain)
    expect(() => addEpoch(third, secret(5))).toThrow(code('spqr_failed'))
    const moved = nextSendKey(third, 3).chain
    expect(moved.epochs).toHaveLength(2)
    expect(takeReceiveKey(moved, 2, 1).key).toHaveLength(32)
    expect(() => takeReceiveKey(moved, 1, 1)).toThrow(code('spqr_out_of_range'))
    expect(() => nextSendKey(moved, 2)).toThrow(code('spqr_out_of_range'))
  })
})

describe('decoding', () => {
  it('of messages gives back what was encoded', () => {
    const chunk = fc.record({
      index: fc.integer({ min: 0, max: 65_535 }),
      data: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    })
    const kinds = ['header', 'key', 'keyAndCiphertext1Ack', 'ciphertext1', 'ciphertext2'] as const
    const payload = fc.oneof(
      fc.record({ kind: fc.constantFrom('none' as const, 'ciphertext1Ack' as const) }),
      fc.record({ kind: fc.constantFrom(...kinds), chunk }),
    )
    const message = fc.record({ epoch: fc.integer({ min: 1 }), index: fc.nat(), payload })
    fc.assert(
      fc.property(message, (value) => {
        expect(decodeSpqrMessage(encodeSpqrMessage(value))).toEqual(value)
      }),
    )
  })

  it('of anything else is refused with a code', () => {
    const { message } = spqrSend(startPair().a)
    const { state } = spqrSend(startPair().a)
    const mangled = (bytes: Uint8Array) =>
      fc.tuple(fc.nat(bytes.length - 1), fc.nat(255), fc.nat(bytes.length)).map(([at, byte, length]) => {
        const copy = Uint8Array.from(bytes)
        copy[at] = byte
        return copy.subarray(0, length)
      })
    const read = (decode: (bytes: Uint8Array) => unknown) => (bytes: Uint8Array) => {
      try {
        decode(bytes)
      } catch (error) {
        expect(error).toBeInstanceOf(CryptoError)
      }
    }
    const anyBytes = fc.uint8Array({ maxLength: 300 })
    fc.assert(fc.property(fc.oneof(anyBytes, mangled(message)), read(decodeSpqrMessage)))
    fc.assert(fc.property(fc.oneof(anyBytes, mangled(state)), read(decodeSpqrState)), { numRuns: 500 })
    expect(encodeSpqrState(decodeSpqrState(state))).toEqual(state)
  })
})
