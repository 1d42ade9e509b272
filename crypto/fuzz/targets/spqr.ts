/**
 * The post-quantum ratchet against a peer who holds the keys and says what it likes: what is fuzzed stands behind the MAC.
 * The first byte of an input chooses one of the states; a state moves on when a message was taken, so that hostile messages
 * follow one another.
 */
import { bytesEqual, concatBytes } from '../../src/primitives/bytes.ts'
import { spqrReceive, spqrSend } from '../../src/session/spqr/spqr.ts'
import type { FuzzTarget } from '../engine.ts'
import type { Samples } from './samples.ts'

const STEPS_BEFORE_RESET = 40
/** A session's part for this ratchet stays far below this, whatever the peer sends. */
const MAX_STATE_BYTES = 256 * 1024

export function spqrTarget({ spqrPairs }: Samples): FuzzTarget {
  const fresh = () => spqrPairs.map(({ state }) => Uint8Array.from(state))
  let states: Uint8Array[] = fresh()
  let steps = 0
  return {
    name: 'spqr, a hostile peer',
    corpus: spqrPairs.map(({ message }, i) => concatBytes(Uint8Array.of(i), message)),
    decode: (input) => {
      const at = (input[0] ?? 0) % states.length
      const before = states[at] as Uint8Array
      const kept = Uint8Array.from(before)
      try {
        const { state } = spqrReceive(before, input.subarray(1))
        if (state.length > MAX_STATE_BYTES) throw new Error('a state grew beyond its bound')
        // what was taken leaves a state that still sends
        states[at] = steps % 2 === 0 ? state : spqrSend(state).state
        if (++steps % STEPS_BEFORE_RESET === 0) states = fresh()
      } catch (error) {
        if (!bytesEqual(before, kept)) throw new Error('a refusal changed the state', { cause: error })
        throw error
      }
    },
  }
}
