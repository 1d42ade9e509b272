/**
 * Stores in memory for tests and for the interoperation run: what a client keeps, without a database.
 *
 * Not for the product: nothing is encrypted, staged or durable.
 */
import { CryptoError } from '../errors.ts'
import type { ProtocolAddress } from '../identity/address.ts'
import { bytesEqual, bytesToHex } from '../primitives/bytes.ts'
import type { KeyPair } from '../primitives/curve.ts'
import type { ProtocolStores } from '../stores.ts'

/** Trusts an identity key on first use and refuses another one after that. */
export class MemoryStores implements ProtocolStores {
  readonly identities = new Map<string, Uint8Array>()
  readonly sessions = new Map<string, Uint8Array>()
  readonly preKeys = new Map<number, Uint8Array>()
  readonly signedPreKeys = new Map<number, Uint8Array>()
  readonly kyberPreKeys = new Map<number, Uint8Array>()
  readonly usedBaseKeys = new Set<string>()
  /** Counts everything that was written, so that a test can see that a refusal wrote nothing. */
  writes = 0
  readonly #identity: KeyPair
  readonly #registrationId: number

  constructor(identity: KeyPair, registrationId: number) {
    this.#identity = identity
    this.#registrationId = registrationId
  }

  async getIdentityKeyPair(): Promise<KeyPair> {
    return this.#identity
  }

  async getLocalRegistrationId(): Promise<number> {
    return this.#registrationId
  }

  async getIdentity(address: ProtocolAddress): Promise<Uint8Array | undefined> {
    return this.identities.get(keyOf(address))
  }

  async saveIdentity(address: ProtocolAddress, identityKey: Uint8Array): Promise<'unchanged' | 'replaced'> {
    const before = this.identities.get(keyOf(address))
    this.identities.set(keyOf(address), identityKey)
    this.writes++
    return before && !bytesEqual(before, identityKey) ? 'replaced' : 'unchanged'
  }

  async isTrustedIdentity(address: ProtocolAddress, identityKey: Uint8Array): Promise<boolean> {
    const known = this.identities.get(keyOf(address))
    return known === undefined || bytesEqual(known, identityKey)
  }

  async loadSession(address: ProtocolAddress): Promise<Uint8Array | undefined> {
    return this.sessions.get(keyOf(address))
  }

  async storeSession(address: ProtocolAddress, record: Uint8Array): Promise<void> {
    this.sessions.set(keyOf(address), record)
    this.writes++
  }

  async loadPreKey(id: number): Promise<Uint8Array | undefined> {
    return this.preKeys.get(id)
  }

  async removePreKey(id: number): Promise<void> {
    this.preKeys.delete(id)
    this.writes++
  }

  async loadSignedPreKey(id: number): Promise<Uint8Array | undefined> {
    return this.signedPreKeys.get(id)
  }

  async loadKyberPreKey(id: number): Promise<Uint8Array | undefined> {
    return this.kyberPreKeys.get(id)
  }

  /** Treats every Kyber prekey as the last-resort one. */
  async markKyberPreKeyUsed(id: number, signedPreKeyId: number, baseKey: Uint8Array): Promise<void> {
    const use = `${id}:${signedPreKeyId}:${bytesToHex(baseKey)}`
    if (this.usedBaseKeys.has(use)) throw new CryptoError('reused_base_key', 'base key was used before')
    this.usedBaseKeys.add(use)
    this.writes++
  }
}

function keyOf({ serviceId, deviceId }: ProtocolAddress): string {
  return `${serviceId}.${deviceId}`
}
