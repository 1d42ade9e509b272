/** Synthetic accounts, keys and submissions for the storage suite. The bytes are random: stores do not look inside. */
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { AccountId, DeviceId, PersonId } from '@pli/protocol/wire'
import type { DeviceRegistration, NewDeviceKeys, Storage, StoredPreKey, Submission } from '../interfaces.ts'

export const nowMs = Date.UTC(2026, 4, 4, 9, 30)
export const dayMs = 24 * 3600_000

/** A Uint8Array and not a Buffer, so that equality compares bytes and nothing else. */
export function bytes(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(randomBytes(length))
}

export function sha256(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(text).digest())
}

/** Stores may give Buffers; what counts is the bytes. */
export function hex(value: Uint8Array | undefined): string | undefined {
  return value && Buffer.from(value).toString('hex')
}

export function newAccountId(): AccountId {
  return randomUUID() as AccountId
}

export function personId(name: string): PersonId {
  return name as PersonId
}

export function preKeys(ids: number[]): StoredPreKey[] {
  return ids.map((id) => ({ id, publicKey: bytes(33) }))
}

export function signedKey(id: number, length: number) {
  return { id, publicKey: bytes(length), signature: bytes(64) }
}

export function deviceKeys(ids: number[] = []): NewDeviceKeys {
  return {
    signedPreKey: signedKey(1, 33),
    lastResortKyberPreKey: signedKey(900, 1569),
    preKeys: preKeys(ids),
    kyberPreKeys: ids.map((id) => signedKey(id, 1569)),
  }
}

export function registration(person: string, changes: Partial<DeviceRegistration> = {}): DeviceRegistration {
  return {
    personId: personId(person),
    proof: { kind: 'oidc', atMs: nowMs },
    newAccountId: newAccountId(),
    identityKey: bytes(33),
    registrationId: 77,
    name: 'Chromium on Linux',
    tokenHash: bytes(32),
    revocationHash: bytes(32),
    keys: deviceKeys(),
    replaceExisting: false,
    nowMs,
    ...changes,
  }
}

/** Registers a device and returns its address. */
export async function register(storage: Storage, request: DeviceRegistration) {
  const result = await storage.devices.register(request)
  if (result.outcome !== 'registered') throw new Error(`not registered: ${result.outcome}`)
  return { accountId: result.accountId, deviceId: result.deviceId, replaced: result.replaced }
}

export function submission(
  accountId: AccountId,
  changes: Partial<Submission> & { key?: string; content?: Uint8Array; deviceId?: DeviceId } = {},
): Submission {
  const { key = randomUUID(), content = bytes(40), deviceId = 1 as DeviceId, ...rest } = changes
  return {
    keyHash: sha256(key),
    contentHash: sha256(`content of ${key}`),
    accountId,
    envelopes: [{ deviceId, registrationId: 77, content }],
    receivedAtMs: nowMs,
    expiresAtMs: nowMs + 30 * dayMs,
    forgottenAtMs: nowMs + 45 * dayMs,
    queuedAtMost: 10_000,
    ...rest,
  }
}
