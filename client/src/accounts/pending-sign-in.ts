/**
 * What lies between "I am this person" and a device: the verifier that a redirect must find again, and the proof
 * in hand. Kept per tab, so that two people can sign in side by side; not sealed, for there is no PIN yet. The
 * sessions held here are good for a quarter of an hour, and go when the device is registered or when that has passed.
 * Not concerned with talking to the relay.
 */
import { accountId, directoryPerson, personId, type SignInSession } from '@pli/protocol/wire'
import { z } from 'zod'
import type { DeviceRecords } from './device-storage.ts'

export const VERIFIER_PREFIX = 'verifier:'
export const PENDING_PREFIX = 'pending:'

const PENDING_LIFETIME_MS = 15 * 60_000
/** How long somebody may take at the identity provider. */
const VERIFIER_LIFETIME_MS = 60 * 60_000

const verifierRecord = z.object({ verifier: z.instanceof(Uint8Array), personId, madeAtMs: z.number() })
export type VerifierRecord = z.output<typeof verifierRecord>

const pendingRecord = z.object({
  pendingId: z.string(),
  sessionToken: z.string(),
  person: directoryPerson,
  accountId: accountId.optional(),
  existingDevices: z.array(z.object({ name: z.string(), lastSeenDay: z.string() })),
  madeAtMs: z.number(),
  /** Keys were made: the local account that holds them, and the device name they went out under, if they did. */
  attempt: z.object({ localId: z.string(), sentName: z.string().optional() }).optional(),
})
export type PendingRecord = z.output<typeof pendingRecord>

export async function keepVerifier(
  records: DeviceRecords,
  tabId: string,
  verifier: VerifierRecord,
): Promise<void> {
  await records.update(VERIFIER_PREFIX + tabId, () => verifier)
}

/**
 * This tab's; else the youngest there is, for a provider may come back in another tab than it was left from.
 * A wrong one does no harm but to fail: the relay compares.
 */
export async function findVerifier(
  records: DeviceRecords,
  tabId: string,
): Promise<{ key: string; verifier: Uint8Array<ArrayBuffer> } | undefined> {
  const found = (await records.list(VERIFIER_PREFIX))
    .map(({ key, value }) => ({ key, record: verifierRecord.safeParse(value).data }))
    .sort((a, b) => (b.record?.madeAtMs ?? 0) - (a.record?.madeAtMs ?? 0))
  const chosen = found.find(({ key }) => key === VERIFIER_PREFIX + tabId) ?? found[0]
  return chosen?.record === undefined
    ? undefined
    : { key: chosen.key, verifier: new Uint8Array(chosen.record.verifier) }
}

export async function keepPending(
  records: DeviceRecords,
  tabId: string,
  session: SignInSession,
  nowMs: number,
): Promise<PendingRecord> {
  const pending: PendingRecord = {
    pendingId: crypto.randomUUID(),
    sessionToken: session.sessionToken,
    person: session.person,
    existingDevices: (session.account?.devices ?? []).map(({ name, lastSeenDay }) => ({ name, lastSeenDay })),
    madeAtMs: nowMs,
    ...(session.account === undefined ? {} : { accountId: session.account.accountId }),
  }
  await records.update(PENDING_PREFIX + tabId, () => pending)
  return pending
}

/** Undefined when there is none, or none that the relay would still take. */
export async function findPending(
  records: DeviceRecords,
  tabId: string,
  nowMs: number,
): Promise<PendingRecord | undefined> {
  const pending = parsePending(await records.get(PENDING_PREFIX + tabId))
  return pending === undefined || isExpired(pending, nowMs) ? undefined : pending
}

export async function changePending(
  records: DeviceRecords,
  tabId: string,
  pending: PendingRecord,
): Promise<void> {
  await records.update(PENDING_PREFIX + tabId, () => pending)
}

export async function dropPending(records: DeviceRecords, tabId: string): Promise<void> {
  await records.update(PENDING_PREFIX + tabId, () => undefined)
}

export function parsePending(value: unknown): PendingRecord | undefined {
  return pendingRecord.safeParse(value).data
}

function isExpired(pending: PendingRecord, nowMs: number): boolean {
  return Math.abs(nowMs - pending.madeAtMs) > PENDING_LIFETIME_MS
}

/** Whether nobody can be at work on it any more: another tab may have begun to register at the last moment. */
export function isForgotten(pending: PendingRecord, nowMs: number): boolean {
  return Math.abs(nowMs - pending.madeAtMs) > 2 * PENDING_LIFETIME_MS
}

export function isStaleVerifier(value: unknown, nowMs: number): boolean {
  const record = verifierRecord.safeParse(value).data
  return record === undefined || Math.abs(nowMs - record.madeAtMs) > VERIFIER_LIFETIME_MS
}
