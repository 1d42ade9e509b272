/**
 * The device's own prekeys: made at registration, topped up when the relay has few left, rotated every two days;
 * old private halves are kept 45 days for messages on their way. New ones are stored before they are uploaded.
 * Source: design/security.md, "Keys and sessions"; libsignal's PQXDH. Not concerned with when this is asked for.
 */
import { limits, type RegisterDeviceRequest } from '@pli/protocol/wire'
import type { Generated, KeyPair, SessionEngine } from '../engine/session-engine.ts'
import { type Change, put, type RecordStore, remove } from '../store/record-store.ts'

export const ONE_TIME_PREKEYS = limits.oneTimePreKeysPerUpload
export const TOP_UP_BELOW = 20
export const ROTATE_AFTER_MS = 2 * 24 * 3600_000
export const KEEP_OLD_MS = 45 * 24 * 3600_000
/**
 * One-time keys of a kind kept here. A relay that always says it has none left makes this device generate more at every
 * connection; and keys that somebody fetched and never used are never heard of again.
 */
const MOST_KEPT = 1_000
const LAST_ID = 0xffffff

type PublicKeys = Pick<
  RegisterDeviceRequest,
  'signedPreKey' | 'lastResortKyberPreKey' | 'preKeys' | 'kyberPreKeys'
>

/** What a new device registers with. `changes` are to be committed before `upload` goes out. */
export async function makeFirstPreKeys(
  engine: SessionEngine,
  identity: KeyPair,
  nowMs: number,
  ofEachKind: number = ONE_TIME_PREKEYS,
): Promise<{ changes: Change[]; upload: PublicKeys }> {
  const rotating = await makeRotatingPreKeys(engine, identity, nowMs)
  const oneTime = await makeOneTimePreKeys(engine, identity, nowMs, {
    ec: ofEachKind,
    kyber: ofEachKind,
  })
  return {
    changes: [...rotating.changes, ...oneTime.changes],
    upload: { ...rotating.upload, ...oneTime.upload },
  }
}

export async function makeRotatingPreKeys(engine: SessionEngine, identity: KeyPair, nowMs: number) {
  const signed = await engine.generateSignedPreKey(drawId(), identity, nowMs)
  const lastResort = await engine.generateKyberPreKey(drawId(), identity, nowMs)
  const at = { order: nowMs }
  return {
    changes: [
      put('signedPreKeys', String(signed.public.id), { record: signed.record }, at),
      put('kyberPreKeys', String(lastResort.public.id), { record: lastResort.record, lastResort: true }, at),
    ],
    upload: { signedPreKey: signed.public, lastResortKyberPreKey: lastResort.public },
  }
}

export async function makeOneTimePreKeys(
  engine: SessionEngine,
  identity: KeyPair,
  nowMs: number,
  counts: { ec: number; kyber: number },
) {
  const preKeys = await generate(counts.ec, (id) => engine.generatePreKey(id))
  const kyberPreKeys = await generate(counts.kyber, (id) => engine.generateKyberPreKey(id, identity, nowMs))
  return {
    changes: [
      ...preKeys.map((key) =>
        put('preKeys', String(key.public.id), { record: key.record }, { order: nowMs }),
      ),
      ...kyberPreKeys.map((key) =>
        put(
          'kyberPreKeys',
          String(key.public.id),
          { record: key.record, lastResort: false },
          { order: nowMs },
        ),
      ),
    ],
    upload: {
      preKeys: preKeys.map((key) => key.public),
      kyberPreKeys: kyberPreKeys.map((key) => key.public),
    },
  }
}

/** Removal of signed and last-resort keys (and memories of base keys) that no message on its way can name any more. */
export async function expireOldPreKeys(store: RecordStore, nowMs: number): Promise<Change[]> {
  const old = { beforeOrder: nowMs - KEEP_OLD_MS, limit: 100 }
  const newest = (await store.list('signedPreKeys', { reverse: true, limit: 1 }))[0]?.key
  const signed = await store.list('signedPreKeys', old)
  // Without a limit: one-time keys of the same age stand among them, and are kept.
  const kyber = await store.list('kyberPreKeys', { beforeOrder: old.beforeOrder })
  const used = await store.list('usedBaseKeys', old)
  const lastResort = await newestLastResort(store)
  return [
    ...signed.filter((row) => row.key !== newest).map((row) => remove('signedPreKeys', row.key)),
    ...kyber
      .filter((row) => row.value.lastResort && row.key !== lastResort)
      .map((row) => remove('kyberPreKeys', row.key)),
    ...used.map((row) => remove('usedBaseKeys', row.key)),
  ]
}

/** Removal of the oldest one-time keys beyond what is kept. */
export async function dropSurplusPreKeys(store: RecordStore): Promise<Change[]> {
  const surplus = {
    ec: (await store.count('preKeys')) - MOST_KEPT,
    kyber: (await store.count('kyberPreKeys')) - MOST_KEPT,
  }
  const ec = surplus.ec > 0 ? await store.list('preKeys', { limit: surplus.ec }) : []
  const kyber = surplus.kyber > 0 ? await store.list('kyberPreKeys', { limit: surplus.kyber }) : []
  return [
    ...ec.map((row) => remove('preKeys', row.key)),
    ...kyber.filter((row) => !row.value.lastResort).map((row) => remove('kyberPreKeys', row.key)),
  ]
}

/** When the current signed prekey was made. */
export async function lastRotationMs(store: RecordStore): Promise<number | undefined> {
  return (await store.list('signedPreKeys', { reverse: true, limit: 1 }))[0]?.order
}

async function newestLastResort(store: RecordStore): Promise<string | undefined> {
  const rows = await store.list('kyberPreKeys', { reverse: true })
  return rows.find((row) => row.value.lastResort)?.key
}

/** Consecutive ids from a random one: uploads never meet each other's ids but by a chance of 1 in 80,000. */
async function generate<P>(
  count: number,
  make: (id: number) => Promise<Generated<P>>,
): Promise<Generated<P>[]> {
  const keys: Generated<P>[] = []
  const first = drawId()
  for (let at = 0; at < count; at += 1) keys.push(await make(((first + at - 1) % LAST_ID) + 1))
  return keys
}

function drawId(): number {
  return (new DataView(crypto.getRandomValues(new Uint8Array(4)).buffer).getUint32(0) % LAST_ID) + 1
}
