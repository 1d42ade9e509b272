/** Waiting while faults are played: for work to be done, for something to happen, for everything to come to rest. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { FaultDevice } from './device.ts'
import type { Ledger } from './ledger.ts'

const WITHIN_MS = 60_000

/** Until submissions are acknowledged: the load is there before the next fault. */
export async function untilWorking(ledger: Ledger): Promise<void> {
  const { acknowledged } = ledger.verdict()
  await until('submissions to be acknowledged', () => ledger.verdict().acknowledged >= acknowledged + 40)
}

/** Every device comes back once more and takes what is left. */
export async function settle(devices: readonly FaultDevice[], ledger: Ledger): Promise<void> {
  for (const device of devices) {
    device.careful = true
    device.reconnect()
  }
  const deadlineMs = Date.now() + WITHIN_MS
  // Nothing more to come: a while after the last delivery.
  let [seen, quietSinceMs] = [-1, Date.now()]
  while (Date.now() - quietSinceMs < 1_500 || ledger.verdict().lost > 0) {
    if (Date.now() > deadlineMs) return
    const now = ledger.deletions + ledger.repetitions
    if (now !== seen) [seen, quietSinceMs] = [now, Date.now()]
    await sleep(100)
  }
}

export async function until(what: string, holds: () => boolean): Promise<void> {
  const deadlineMs = Date.now() + WITHIN_MS
  while (!holds()) {
    if (Date.now() > deadlineMs) throw new Error(`waited in vain for ${what}`)
    await sleep(10)
  }
}

/** Work that must come to its end by itself: a run that hangs says what it hung on. */
export async function within(what: string, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`waited in vain for ${what}`)), WITHIN_MS)
  })
  try {
    await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
