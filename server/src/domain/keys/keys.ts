/**
 * Prekeys: upload after verification, counts, and bundles under rate limits. Limits are kept per person who asks and
 * per person asked for, never per pair. Not concerned with private keys or with tokens.
 */
import { type AccountBundles, type AccountId, type KeyCounts, limits } from '@pli/protocol/wire'
import { RelayError } from '../../errors.ts'
import type { DeviceAddress, NewDeviceKeys, Storage, StoredBundle } from '../../storage/interfaces.ts'
import { type Buckets, type Limits, memoryLimits } from '../limits.ts'
import { type BucketRate, TokenBuckets } from '../token-buckets.ts'
import { verifyKeys } from './verify-keys.ts'

export interface KeyRates {
  /** Bundles one account may fetch; beyond: `rate_limited`. */
  perRequester: BucketRate
  /** One-time keys that may be drawn from one account; beyond, bundles come without. */
  perTarget: BucketRate
  /** Uploads of one device; each verifies up to 201 signatures. */
  perUploader: BucketRate
}

export const defaultKeyRates: KeyRates = {
  perRequester: { burst: 100, perSecond: 1 },
  perTarget: { burst: 60, perSecond: 0.2 },
  perUploader: { burst: 10, perSecond: 0.1 },
}

export interface Keys {
  /** `bad_key`, `bad_signature`, `bad_request`, `too_many_keys`, `rate_limited`, `unauthenticated`. */
  upload(device: DeviceAddress, keys: Partial<NewDeviceKeys>): Promise<KeyCounts>
  counts(device: DeviceAddress): Promise<KeyCounts>
  /** A bundle for each device of `target`, spending one-time keys. `not_reachable`, `rate_limited`. */
  bundles(requester: AccountId, target: AccountId): Promise<AccountBundles>
}

interface Sources {
  storage: Pick<Storage, 'accounts' | 'keys'>
  nowMs: () => number
  rates?: KeyRates
  /** Absent: this relay is the only one. */
  shared?: Limits
}

export function createKeys(sources: Sources): Keys {
  const { storage, nowMs, rates = defaultKeyRates, shared = memoryLimits } = sources
  const requesters = shared.buckets('bundlesPerRequester', rates.perRequester)
  const targets = shared.buckets('bundlesPerTarget', rates.perTarget)
  // Verifying is this node's work.
  const uploaders = new TokenBuckets(rates.perUploader)

  return {
    async upload(device, keys) {
      await refuseIfEmpty(uploaders, `${device.accountId} ${device.deviceId}`, nowMs())
      const account = await storage.accounts.byId(device.accountId)
      if (!account) throw new RelayError('unauthenticated')
      verifyKeys(account.identityKey, keys)
      const outcome = await storage.keys.add(device, keys, limits.oneTimePreKeysHeld)
      if (outcome === 'too_many') throw new RelayError('too_many_keys')
      if (outcome === 'no_device') throw new RelayError('unauthenticated')
      return storage.keys.counts(device)
    },

    counts: (device) => storage.keys.counts(device),

    async bundles(requester, target) {
      await refuseIfEmpty(requesters, requester, nowMs())
      // Whoever drains a person's one-time keys must not be able to make them unreachable: the last resort remains.
      const oneTime = (await targets.take(target, nowMs())) === 0
      const taken = await storage.keys.takeBundles(target, { oneTime })
      if (!taken) throw new RelayError('not_reachable')
      return {
        accountId: target,
        identityKey: new Uint8Array(taken.identityKey),
        devices: taken.devices.map(toWire),
      }
    },
  }
}

async function refuseIfEmpty(buckets: Buckets, name: string, nowMs: number): Promise<void> {
  const retryAfterMs = await buckets.take(name, nowMs)
  if (retryAfterMs > 0) throw new RelayError('rate_limited', 'too many requests', { retryAfterMs })
}

function toWire(bundle: StoredBundle): AccountBundles['devices'][number] {
  const { deviceId, registrationId, signedPreKey, preKey, kyberPreKey } = bundle
  return {
    deviceId,
    registrationId,
    signedPreKey: signed(signedPreKey),
    ...(preKey ? { preKey: { id: preKey.id, publicKey: new Uint8Array(preKey.publicKey) } } : {}),
    kyberPreKey: signed(kyberPreKey),
  }
}

function signed({ id, publicKey, signature }: StoredBundle['signedPreKey']) {
  return { id, publicKey: new Uint8Array(publicKey), signature: new Uint8Array(signature) }
}
