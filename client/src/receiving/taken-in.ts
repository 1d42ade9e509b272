/** What taking in an envelope needs, and what can become of one. Not concerned with how (`take-in.ts`). */
import type { MessengerContext } from '../accounts/messenger-context.ts'
import type { Patience } from './patience.ts'

export type TakeInContext = Pick<MessengerContext, 'device' | 'identity' | 'engine' | 'nowMs'> & {
  patience: Patience
}

/** What became of an envelope, for counters and tests; it names nobody. */
export type TakenIn =
  | 'shown'
  | 'receipt'
  | 'retry_request'
  | 'duplicate'
  | 'unreadable'
  /** Nothing of this attempt may stay: the caller keeps a place for it instead. */
  | 'undecryptable'
  | 'blocked'
  | 'dropped'
