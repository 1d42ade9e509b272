/**
 * How much work one message may cause. A peer chooses the counters in its messages, and every step that a counter skips
 * is a hash: without a bound over all sessions together, one short message could cost forty-one times the bound of one.
 *
 * Source: the limit of one chain is libsignal's (`rust/protocol/src/consts.rs`); the one over all archived sessions, and
 * the one between devices of one account, are ours. No honest peer comes near either.
 */
import { CryptoError } from '../errors.ts'
import { MAX_FORWARD_JUMP, MAX_SELF_JUMP } from './session-state.ts'

/** Both ratchets of the session that is tried first, each to its own limit. */
const MAX_STEPS_OF_CURRENT = 2 * MAX_SELF_JUMP
/** Both ratchets of one archived session to their limits, or of several sessions together. */
const MAX_STEPS_OF_ARCHIVE = 2 * MAX_FORWARD_JUMP

export class Effort {
  #stepsLeft: number

  private constructor(steps: number) {
    this.#stepsLeft = steps
  }

  static forCurrentSession(): Effort {
    return new Effort(MAX_STEPS_OF_CURRENT)
  }

  /** One for all archived sessions that a message is tried with. */
  static forArchive(): Effort {
    return new Effort(MAX_STEPS_OF_ARCHIVE)
  }

  get stepsLeft(): number {
    return this.#stepsLeft
  }

  /** Called before the steps are made. @throws CryptoError `too_far_in_future` when they are more than are left */
  spend(steps: number): void {
    if (steps > this.#stepsLeft) throw new CryptoError('too_far_in_future', 'message skips too many others')
    this.#stepsLeft -= steps
  }
}
