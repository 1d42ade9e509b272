/**
 * Locks accounts that nobody has touched for as long as their settings say. Checked by time passed, not by timers
 * set ahead: a computer that slept locks when it wakes.
 */
import type { LocalAccounts } from './local-accounts.ts'

const CHECK_MS = 15_000

export interface IdleLock {
  noteActivity(): void
  /** Locks what is due now. */
  check(): Promise<void>
  stop(): void
}

export function startIdleLock(accounts: LocalAccounts, nowMs: () => number): IdleLock {
  let activeAtMs = nowMs()
  const check = async () => {
    const idleMs = nowMs() - activeAtMs
    for (const { localId, settings } of accounts.open.values()) {
      const lockAfterMinutes = settings.get()?.lockAfterMinutes ?? 0
      if (idleMs >= lockAfterMinutes * 60_000) await accounts.lock(localId)
    }
  }
  // A failure to close one is met again at the next check.
  const timer = setInterval(() => void check().catch(() => {}), CHECK_MS)
  return {
    noteActivity: () => {
      // Touched after the time was up, before anybody looked: too late, the check comes first.
      const wake = check().catch(() => {})
      activeAtMs = nowMs()
      void wake
    },
    check,
    stop: () => clearInterval(timer),
  }
}
