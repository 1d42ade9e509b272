/** One end of a session on a store in memory, and an authority that certifies senders. For tests only. */
import { PrivateKey, PublicKey, SenderCertificate, ServerCertificate } from '@signalapp/libsignal-client'
import { createOverlay } from '../../sessions/overlay.ts'
import { makeOneTimePreKeys, makeRotatingPreKeys } from '../../sessions/prekeys.ts'
import { createStagedStores } from '../../sessions/staged-stores.ts'
import { openMemoryStore } from '../../store/open-store.ts'
import type { RecordStore } from '../../store/record-store.ts'
import { owned } from '../owned.ts'
import type {
  EngineResult,
  KeyPair,
  ProtocolAddress,
  ProtocolStores,
  RemoteBundle,
  SessionEngine,
  Unsealed,
} from '../session-engine.ts'

export interface Authority {
  trustRoots: Uint8Array[]
  certify(address: ProtocolAddress, identityKey: Uint8Array, expiresAtMs: number): Uint8Array
}

export function createAuthority(): Authority {
  const root = PrivateKey.generate()
  const server = PrivateKey.generate()
  const certificate = ServerCertificate.new(1, server.getPublicKey(), root)
  return {
    trustRoots: [root.getPublicKey().serialize()],
    certify: (address, identityKey, expiresAtMs) =>
      SenderCertificate.new(
        address.serviceId,
        null,
        address.deviceId,
        PublicKey.deserialize(owned(identityKey)),
        expiresAtMs,
        certificate,
        server,
      ).serialize(),
  }
}

export class Party {
  readonly address: ProtocolAddress = { serviceId: crypto.randomUUID(), deviceId: 1 }
  readonly engine: SessionEngine
  readonly authority: Authority
  readonly store: RecordStore
  readonly identity: KeyPair & { registrationId: number }

  static async create(engine: SessionEngine, authority: Authority): Promise<Party> {
    const keys = await engine.generateIdentityKeyPair()
    const identity = { ...keys, registrationId: await engine.generateRegistrationId() }
    return new Party(engine, authority, identity, await openMemoryStore())
  }

  constructor(
    engine: SessionEngine,
    authority: Authority,
    identity: KeyPair & { registrationId: number },
    store: RecordStore,
  ) {
    this.engine = engine
    this.authority = authority
    this.identity = identity
    this.store = store
  }

  async bundle(oneTime = true): Promise<RemoteBundle> {
    const rotating = await makeRotatingPreKeys(this.engine, this.identity, Date.now())
    const single = await makeOneTimePreKeys(this.engine, this.identity, Date.now(), { ec: 1, kyber: 1 })
    await this.store.commit([...rotating.changes, ...single.changes])
    const { signedPreKey, lastResortKyberPreKey } = rotating.upload
    return {
      registrationId: this.identity.registrationId,
      deviceId: this.address.deviceId,
      identityKey: this.identity.publicKey,
      signedPreKey,
      preKey: oneTime ? single.upload.preKeys[0] : undefined,
      kyberPreKey: (oneTime ? single.upload.kyberPreKeys[0] : undefined) ?? lastResortKyberPreKey,
    }
  }

  /** Trusts the other's key, as the messenger does after asking the relay for the account. */
  async trust(other: Party): Promise<void> {
    await this.store.transact(async (transaction) => {
      const accepted = other.identity.publicKey
      transaction.put('identities', other.address.serviceId, { accepted, verified: false })
    })
  }

  async meet(other: Party, bundle?: RemoteBundle): Promise<EngineResult<undefined>> {
    await this.trust(other)
    const used = bundle ?? (await other.bundle())
    return this.#staged((stores) =>
      this.engine.processBundle(used, { remote: other.address, local: this.address, stores }, Date.now()),
    )
  }

  seal(text: string, other: Party): Promise<EngineResult<Uint8Array>> {
    return this.#staged((stores) =>
      this.engine.seal({
        plaintext: new TextEncoder().encode(text),
        remote: other.address,
        local: this.address,
        stores,
        senderCertificate: this.certificate(),
        contentHint: 'resendable',
        nowMs: Date.now(),
      }),
    )
  }

  certificate(): Uint8Array {
    return this.authority.certify(this.address, this.identity.publicKey, Date.now() + 60_000)
  }

  unseal(sealed: Uint8Array, receivedAtMs = Date.now()): Promise<EngineResult<Unsealed>> {
    const { identity, address: local, authority } = this
    return this.engine.unseal(sealed, { identity, local, trustRoots: authority.trustRoots, receivedAtMs })
  }

  /** The text, or the reason why not. */
  async read(sealed: Uint8Array): Promise<string> {
    const unsealed = await this.unseal(sealed)
    if (!unsealed.ok) return unsealed.reason
    const opened = await this.#staged(
      (stores) => this.engine.decrypt(unsealed.value, { local: this.address, stores }),
      unsealed.value.senderIdentityKey,
    )
    return opened.ok ? new TextDecoder().decode(opened.value) : opened.reason
  }

  async session(other: Party): Promise<Uint8Array | undefined> {
    const key = `${other.address.serviceId}.${other.address.deviceId}`
    return (await this.store.get('sessions', key))?.record
  }

  /** Commits whatever `work` writes. */
  staged<T>(work: (stores: ProtocolStores) => Promise<T>): Promise<T> {
    return this.store.transact((transaction) =>
      work(createStagedStores({ transaction, identity: this.identity, nowMs: Date.now() })),
    )
  }

  #staged<T>(
    work: (stores: ProtocolStores) => Promise<EngineResult<T>>,
    sealedBy?: Uint8Array,
  ): Promise<EngineResult<T>> {
    return this.store.transact(async (beneath) => {
      const transaction = createOverlay(beneath)
      const result = await work(
        createStagedStores({
          transaction,
          identity: this.identity,
          nowMs: Date.now(),
          ...(sealedBy === undefined ? {} : { sealedBy }),
        }),
      )
      if (result.ok) transaction.flush()
      return result
    })
  }
}
