/**
 * Takes in what the relay delivers: in order, each envelope once, the ratchet and what it opened in one commit, and
 * only then acknowledged. What cannot be taken in now (no network to ask about a stranger) stays with the relay.
 * Not concerned with the socket, nor with what a message means (`take-in.ts`).
 */
import { type Delivery, limits } from '@pli/protocol/wire'
import { backoffMs } from '../connection/backoff.ts'
import type { Connection } from '../connection/connection.ts'
import { isPassing } from '../relay/refusals.ts'
import { createOverlay } from '../sessions/overlay.ts'
import type { Transaction } from '../store/record-store.ts'
import { createPatience } from './patience.ts'
import { takeIn } from './take-in.ts'
import type { TakeInContext, TakenIn } from './taken-in.ts'
import { keepUnreadable, mayAskAgain } from './unreadable.ts'
import { type Envelope, type FirstLook, type LookContext, lookAt } from './unseal-envelope.ts'

/** Envelopes in one commit: enough to be quick after a long absence, few enough to stay responsive. */
const BATCH = 16
/** More than the relay has in flight at once, so that a redelivery is always recognised. */
const REMEMBERED_SEQUENCES = limits.deliveryWindowEnvelopes * 4
/** An honest relay has no more in flight: what is beyond it is left there, and comes again. */
const MAX_WAITING = limits.deliveryWindowEnvelopes * 4
const RETRY = { firstMs: 1_000, mostMs: 60_000 }

export interface ReceiverContext extends LookContext, Omit<TakeInContext, 'patience'> {
  connection: Pick<Connection, 'acknowledge'>
  /** Called with what must not happen, and with `not_owner`. */
  failed(error: unknown): void
}

export interface Receiver {
  deliver(delivery: Delivery): void
  /** The line broke: what was not taken in comes again on the next one. */
  interrupt(): void
  /** Resolves when everything delivered so far has been taken in. */
  settled(): Promise<void>
  /** How many envelopes came to what, since this started. */
  readonly counts: ReadonlyMap<TakenIn, number>
  stop(): void
}

type WorkContext = ReceiverContext & TakeInContext

export function startReceiver(options: ReceiverContext): Receiver {
  const context: WorkContext = { ...options, patience: createPatience() }
  const counts = new Map<TakenIn, number>()
  let queue: Envelope[] = []
  let working: Promise<void> | undefined
  let stopped = false
  let failures = 0
  let retry: ReturnType<typeof setTimeout> | undefined

  const work = async () => {
    while (queue.length > 0 && !stopped) {
      const batch = queue.slice(0, BATCH)
      const taken = await takeInBatch(context, batch)
      for (const outcome of taken) counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
      const done = new Set(batch.map((envelope) => envelope.sequence))
      queue = queue.filter((envelope) => !done.has(envelope.sequence))
      failures = 0
    }
  }
  const start = () => {
    if (working !== undefined || stopped) return
    clearTimeout(retry)
    working = work()
      .catch((error: unknown) => {
        if (stopped) return
        if (!isPassing(error)) context.failed(error)
        failures += 1
        retry = setTimeout(start, backoffMs(failures, RETRY))
      })
      .finally(() => {
        working = undefined
      })
  }
  return {
    counts,
    deliver: (delivery) => {
      const waiting = new Set(queue.map((envelope) => envelope.sequence))
      const fresh = delivery.envelopes.filter((envelope) => !waiting.has(envelope.sequence))
      queue = [...queue, ...fresh].slice(0, MAX_WAITING)
      start()
    },
    interrupt: () => {
      queue = []
    },
    settled: async () => {
      while (working !== undefined) await working
    },
    stop: () => {
      stopped = true
      queue = []
      clearTimeout(retry)
    },
  }
}

async function takeInBatch(context: WorkContext, batch: readonly Envelope[]): Promise<TakenIn[]> {
  const looks: FirstLook[] = []
  for (const envelope of batch) looks.push(await lookAt(context, envelope))
  const taken = await context.store.transact((transaction) => takeInAll(context, transaction, looks), {
    fence: context.fence,
  })
  await acknowledge(context, batch)
  return taken
}

async function takeInAll(
  context: WorkContext,
  transaction: Transaction,
  looks: readonly FirstLook[],
): Promise<TakenIn[]> {
  const known = (await transaction.get('received', 'self'))?.sequences ?? []
  const handled = new Set(known)
  const taken: TakenIn[] = []
  for (const look of looks) {
    const { sequence } = look.envelope
    if (handled.has(sequence)) {
      taken.push('duplicate')
      continue
    }
    handled.add(sequence)
    taken.push(look.kind === 'dropped' ? 'dropped' : await takeInOne(context, transaction, look))
  }
  const sequences = [...handled].slice(-REMEMBERED_SEQUENCES)
  transaction.put('received', 'self', { sequences })
  return taken
}

async function takeInOne(
  context: WorkContext,
  transaction: Transaction,
  look: Exclude<FirstLook, { kind: 'dropped' }>,
): Promise<TakenIn> {
  const attempt = createOverlay(transaction)
  const outcome = await takeIn(context, attempt, look)
  if (outcome !== 'undecryptable') {
    attempt.flush()
    return outcome
  }
  const place = createOverlay(transaction)
  const askAgain = await mayAskAgain(context.store, look.sender)
  const kept = await keepUnreadable(context, place, look, { askAgain })
  place.flush()
  return kept
}

/** One that is lost costs only a redelivery, which is then recognised. */
async function acknowledge(context: ReceiverContext, batch: readonly Envelope[]): Promise<void> {
  try {
    await context.connection.acknowledge(batch.map((envelope) => envelope.sequence))
  } catch (error) {
    if (!isPassing(error)) throw error
  }
}
