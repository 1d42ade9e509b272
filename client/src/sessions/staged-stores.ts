/**
 * The protocol's stores over one transaction of the record store: ratchet steps are committed together with the
 * plaintext or the outbox entry they belong to, or not at all.
 * Source: design/security.md, "On the device". Not concerned with committing.
 */
import { CryptoError } from '@pli/crypto'
import { type AccountId, toBase64Url } from '@pli/protocol/wire'
import type { OwnIdentityRecord } from '../accounts/own-device.ts'
import type { ProtocolAddress, ProtocolStores } from '../engine/session-engine.ts'
import { ClientError } from '../errors.ts'
import type { Transaction } from '../store/record-store.ts'
import { sameBytes } from './same-bytes.ts'

export interface StagedStoresContext {
  transaction: Transaction
  identity: OwnIdentityRecord
  /** When receiving: the identity key that sealed the message. No other is trusted inside it. */
  sealedBy?: Uint8Array
  nowMs: number
}

export function createStagedStores(context: StagedStoresContext): ProtocolStores {
  return { ...ownKeys(context), ...remoteIdentities(context), ...sessions(context), ...preKeys(context) }
}

export function sessionKey(address: ProtocolAddress): string {
  return `${address.serviceId}.${address.deviceId}`
}

function ownKeys({ identity }: StagedStoresContext) {
  return {
    getIdentityKeyPair: async () => ({ publicKey: identity.publicKey, privateKey: identity.privateKey }),
    getLocalRegistrationId: async () => identity.registrationId,
  }
}

function remoteIdentities({ transaction, sealedBy }: StagedStoresContext) {
  return {
    getIdentity: async (address: ProtocolAddress) =>
      (await transaction.get('identities', address.serviceId))?.accepted,
    saveIdentity: async (address: ProtocolAddress, key: Uint8Array): Promise<'unchanged' | 'replaced'> => {
      const known = await transaction.get('identities', address.serviceId)
      if (known === undefined) {
        transaction.put('identities', address.serviceId, { accepted: key, verified: false }, groupOf(address))
        return 'unchanged'
      }
      return sameBytes(known.accepted, key) ? 'unchanged' : 'replaced'
    },
    isTrustedIdentity: async (
      address: ProtocolAddress,
      key: Uint8Array,
      direction: 'sending' | 'receiving',
    ) => {
      const known = await transaction.get('identities', address.serviceId)
      if (direction === 'sending') return known !== undefined && sameBytes(known.accepted, key)
      return sealedBy !== undefined && sameBytes(sealedBy, key)
    },
  }
}

function sessions({ transaction }: StagedStoresContext) {
  return {
    loadSession: async (address: ProtocolAddress) =>
      (await unlessDamaged(transaction.get('sessions', sessionKey(address))))?.record,
    storeSession: async (address: ProtocolAddress, record: Uint8Array) => {
      transaction.put('sessions', sessionKey(address), { record }, groupOf(address))
    },
  }
}

function preKeys({ transaction, nowMs }: StagedStoresContext) {
  return {
    loadPreKey: async (id: number) => (await transaction.get('preKeys', String(id)))?.record,
    removePreKey: async (id: number) => transaction.remove('preKeys', String(id)),
    loadSignedPreKey: async (id: number) => (await transaction.get('signedPreKeys', String(id)))?.record,
    loadKyberPreKey: async (id: number) => (await transaction.get('kyberPreKeys', String(id)))?.record,
    markKyberPreKeyUsed: async (id: number, signedPreKeyId: number, baseKey: Uint8Array) => {
      const used = await transaction.get('kyberPreKeys', String(id))
      if (used?.lastResort !== true) return transaction.remove('kyberPreKeys', String(id))
      const key = `${id}.${signedPreKeyId}.${toBase64Url(baseKey)}`
      if ((await transaction.get('usedBaseKeys', key)) !== undefined) {
        throw new CryptoError('reused_base_key', 'this base key was used with the last-resort key before')
      }
      transaction.put('usedBaseKeys', key, { usedAtMs: nowMs }, { order: nowMs })
    },
  }
}

/**
 * A session that does not open under its key is as good as none: the next message begins another, and what was
 * sent in the lost one is asked for again. Throwing would hold up everything behind it for ever.
 */
export async function unlessDamaged<T>(read: Promise<T>): Promise<T | undefined> {
  try {
    return await read
  } catch (error) {
    if (error instanceof ClientError && error.code === 'storage_damaged') return undefined
    throw error
  }
}

function groupOf(address: ProtocolAddress): { group: AccountId } {
  // A service id is an account id: the engine checked its form, and the relay's certificate names it.
  return { group: address.serviceId as AccountId }
}
