/**
 * Who sends when, what is lost and in which order the rest arrives: made beforehand from a seed, so that every pair of
 * engines goes through the very same events and their refusals can be compared position by position.
 */
import { seededRandom } from './random.ts'

/** A opens the session, B answers. */
export type Side = 'a' | 'b'

export interface SendEvent {
  readonly kind: 'send'
  readonly from: Side
  readonly message: number
}

export interface DeliverEvent {
  readonly kind: 'deliver'
  readonly from: Side
  readonly message: number
  /** Offer a copy with one flipped bit first. */
  readonly tamper: boolean
  /** Offer the message again afterwards. */
  readonly replay: boolean
}

export type ScheduleEvent = SendEvent | DeliverEvent

export interface ScheduleOptions {
  readonly seed: number
  /** Messages that each side sends. */
  readonly messagesPerSide: number
  /** Probability that a message never arrives. */
  readonly loss: number
  /** Most later messages of its direction that may overtake a message. */
  readonly reorder: number
}

const SWITCH_SENDER = 0.6
const TAMPER = 0.2
const REPLAY = 0.2
// one message in this many straggles until it has been overtaken as often as the options allow
const STRAGGLER = 0.02

interface Waiting {
  readonly message: number
  readonly straggles: boolean
  overtaken: number
}

export function makeSchedule(options: ScheduleOptions): ScheduleEvent[] {
  const { messagesPerSide, loss, reorder } = options
  const random = seededRandom(options.seed)
  const events: ScheduleEvent[] = []
  const sent = { a: 0, b: 0 }
  const waiting: Record<Side, Waiting[]> = { a: [], b: [] }
  let sender: Side = 'a'
  let bKnowsTheSession = false

  const deliver = (from: Side, position: number) => {
    const [arrived] = waiting[from].splice(position, 1)
    if (!arrived) return
    for (const earlier of waiting[from].slice(0, position)) earlier.overtaken++
    if (from === 'a') bKnowsTheSession = true
    const checks = { tamper: random.chance(TAMPER), replay: random.chance(REPLAY) }
    events.push({ kind: 'deliver', from, message: arrived.message, ...checks })
  }

  while (sent.a < messagesPerSide || sent.b < messagesPerSide) {
    sender = nextSender(sender, random.chance(SWITCH_SENDER), sent, messagesPerSide, bKnowsTheSession)
    const message = sent[sender]++
    events.push({ kind: 'send', from: sender, message })
    // what A sends after B has everything cannot matter to B's first answer: the first message always arrives
    const lost = random.chance(loss) && (sender === 'b' || bKnowsTheSession)
    if (!lost) waiting[sender].push({ message, straggles: random.chance(STRAGGLER), overtaken: 0 })
    for (const from of ['a', 'b'] as const) {
      const position = nextArrival(waiting[from], reorder, random.below)
      if (position !== undefined) deliver(from, position)
    }
  }
  for (const from of ['a', 'b'] as const) while (waiting[from].length > 0) deliver(from, 0)
  return events
}

function nextSender(
  last: Side,
  change: boolean,
  sent: Record<Side, number>,
  messagesPerSide: number,
  bKnowsTheSession: boolean,
): Side {
  if (!bKnowsTheSession || sent.b >= messagesPerSide) return 'a'
  if (sent.a >= messagesPerSide) return 'b'
  return change ? other(last) : last
}

// which waiting message comes next, if any: a window of at most `reorder`, stragglers last
function nextArrival(
  queue: readonly Waiting[],
  reorder: number,
  below: (below: number) => number,
): number | undefined {
  const due = queue.findIndex((waiting) => waiting.overtaken >= reorder)
  if (due >= 0) return due
  const ready = queue.flatMap((waiting, position) => (waiting.straggles && reorder > 0 ? [] : [position]))
  const window = Math.min(ready.length, reorder + 1)
  // sometimes nothing arrives, so that several are under way
  const pick = below(window + 1)
  return pick < window ? ready[pick] : undefined
}

export function other(side: Side): Side {
  return side === 'a' ? 'b' : 'a'
}
