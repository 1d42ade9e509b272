/**
 * A colleague gone bad: has an account and a proof like everybody, and builds its messages by hand. It can put anything
 * at all inside a valid envelope. What it is sent, it opens, so as to count receipts and retry requests.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import type { TestDevice } from '@pli/client/testing'
import {
  type CiphertextMessage,
  CONTENT_HINT,
  decryptMessage,
  describeFailure,
  encryptMessage,
  generateIdentityKeyPair,
  generateKyberPreKeyRecord,
  generateSignedPreKeyRecord,
  type KeyPair,
  type PreKeyBundle,
  processPreKeyBundle,
  sealedSenderEncrypt,
  sealedSenderOpen,
  toPlaintextContent,
} from '@pli/crypto'
import { MemoryStores } from '@pli/crypto/testing'
import { decodeContent, padContent } from '@pli/protocol/content'
import {
  type AccountId,
  accountBundles,
  fromBase64Url,
  type PersonId,
  registeredDevice,
  routes,
  toBase64Url,
} from '@pli/protocol/wire'
import { io, type Socket } from 'socket.io-client'
import type { Envelope, HostileRelay } from './hostile-relay.ts'

export type Address = { serviceId: string; deviceId: number }
export type Sealable = { type: 2 | 3 | 8; body: Uint8Array }

export interface SealOptions {
  hint?: number
  certificate?: Uint8Array
}

export class HostilePeer {
  readonly accountId: AccountId
  readonly personId: PersonId
  readonly stores: MemoryStores
  readonly keys: KeyPair
  readonly address: Address
  /** What came back, by kind: `receipt`, `text`, `retry_request`, or the refusal's code. */
  readonly heard: string[] = []
  private readonly relay: HostileRelay
  private readonly token: string
  private readonly socket: Socket
  private lastOpened: CiphertextMessage | undefined

  private constructor(relay: HostileRelay, personId: PersonId, own: Registered) {
    this.relay = relay
    this.personId = personId
    this.accountId = own.accountId
    this.token = own.deviceToken
    this.keys = own.keys
    this.stores = own.stores
    this.address = { serviceId: own.accountId, deviceId: own.deviceId }
    this.socket = io(relay.url, {
      path: routes.socketPath,
      transports: ['websocket'],
      auth: { token: this.token },
      forceNew: true,
    })
    let inOrder = Promise.resolve()
    this.socket.on('deliver', ({ envelopes }: { envelopes: Envelope[] }) => {
      for (const envelope of envelopes) inOrder = inOrder.then(() => this.hear(envelope))
    })
  }

  static async register(relay: HostileRelay, slug: string): Promise<HostilePeer> {
    const personId = relay.real.personId(slug)
    const peer = new HostilePeer(relay, personId, await register(relay, slug, personId))
    await new Promise<void>((resolve) => peer.socket.once('connect', resolve))
    return peer
  }

  close(): void {
    this.socket.close()
  }

  addressOf(victim: TestDevice): Address {
    return { serviceId: victim.accountId, deviceId: this.relay.party(victim.accountId).deviceId }
  }

  /** As the relay hands them out; uses up a one-time prekey of each kind. */
  async fetchBundle(victim: TestDevice): Promise<PreKeyBundle> {
    const answer = await fetch(this.relay.url + routes.bundles(victim.accountId), {
      headers: { authorization: `Bearer ${this.token}` },
    })
    const { value } = (await answer.json()) as { value: unknown }
    const { identityKey, devices } = accountBundles.parse(value)
    return { ...devices[0]!, identityKey }
  }

  /** The bundle of somebody whose one-time prekeys are spent. */
  lastResortBundle(victim: TestDevice): PreKeyBundle {
    const registered = this.relay.registration(victim.accountId) as {
      identityKey: string
      registrationId: number
      signedPreKey: { id: number; publicKey: string; signature: string }
      lastResortKyberPreKey: { id: number; publicKey: string; signature: string }
    }
    const signed = ({ id, publicKey, signature }: { id: number; publicKey: string; signature: string }) => ({
      id,
      publicKey: fromBase64Url(publicKey),
      signature: fromBase64Url(signature),
    })
    return {
      registrationId: registered.registrationId,
      deviceId: this.addressOf(victim).deviceId,
      identityKey: fromBase64Url(registered.identityKey),
      signedPreKey: signed(registered.signedPreKey),
      kyberPreKey: signed(registered.lastResortKyberPreKey),
    }
  }

  /** Begins a session; an earlier one is archived. */
  async meet(victim: TestDevice, bundle?: PreKeyBundle, as: Address = this.address): Promise<void> {
    const fresh = bundle ?? (await this.fetchBundle(victim))
    await processPreKeyBundle(fresh, this.addressOf(victim), as, this.stores, Date.now())
  }

  encrypt(victim: TestDevice, plaintext: Uint8Array, as = this.address): Promise<CiphertextMessage> {
    return encryptMessage(plaintext, this.addressOf(victim), as, this.stores, Date.now())
  }

  encryptContent(victim: TestDevice, content: unknown): Promise<CiphertextMessage> {
    return this.encrypt(victim, padContent(new TextEncoder().encode(JSON.stringify(content))))
  }

  seal(victim: TestDevice, message: Sealable, options: SealOptions = {}): Promise<Uint8Array> {
    const { hint = CONTENT_HINT.resendable, certificate } = options
    return sealedSenderEncrypt({
      message,
      senderCertificate: certificate ?? this.relay.authority.certify(this.relay.party(this.accountId)),
      contentHint: hint,
      recipientIdentityKey: victim.keys.publicKey,
      senderIdentity: this.keys,
    })
  }

  /** Returns the relay's answer. */
  async submit(victim: TestDevice, content: Uint8Array, idempotencyKey = randomBytes(16)): Promise<unknown> {
    const { registrationId } = this.relay.registration(victim.accountId) as { registrationId: number }
    const { deviceId } = this.addressOf(victim)
    return this.socket.emitWithAck('submit', {
      idempotencyKey: idempotencyKey.toString('base64url'),
      accountId: victim.accountId,
      urgent: false,
      envelopes: [{ deviceId, registrationId, content: Buffer.from(content) }],
    })
  }

  async sendMessage(victim: TestDevice, message: CiphertextMessage | Sealable, options?: SealOptions) {
    return this.submit(victim, await this.seal(victim, message as Sealable, options))
  }

  /** Any JSON at all. */
  async sendContent(victim: TestDevice, content: unknown): Promise<void> {
    await this.sendMessage(victim, await this.encryptContent(victim, content))
  }

  async sendText(victim: TestDevice, text: string, more: object = {}): Promise<string> {
    const content = textContent(text)
    await this.sendContent(victim, { ...content, ...more })
    return content.id
  }

  /** Claims that what the relay received at this time could not be read, in the session of what was read last. */
  async askAgain(victim: TestDevice, receivedAtMs: number): Promise<void> {
    const { deviceId } = this.addressOf(victim)
    const { lastOpened: last } = this
    const request =
      last === undefined
        ? { timestampMs: receivedAtMs, deviceId }
        : describeFailure({ ...last, timestampMs: receivedAtMs, senderDeviceId: deviceId })
    await this.sendMessage(victim, toPlaintextContent(request), { hint: CONTENT_HINT.implicit })
  }

  /** Any bytes; returns the attachment's id. */
  async upload(bytes: Uint8Array): Promise<string> {
    const headers = { authorization: `Bearer ${this.token}`, 'Tus-Resumable': '1.0.0' }
    const created = await fetch(this.relay.url + routes.attachments, {
      method: 'POST',
      headers: { ...headers, 'Upload-Length': String(bytes.length) },
    })
    const url = new URL(created.headers.get('location') ?? '', this.relay.url)
    await fetch(url, {
      method: 'PATCH',
      headers: { ...headers, 'Upload-Offset': '0', 'content-type': 'application/offset+octet-stream' },
      body: Uint8Array.from(bytes),
    })
    return url.pathname.split('/').pop() ?? ''
  }

  count(kind: string): number {
    return this.heard.filter((one) => one === kind).length
  }

  private async hear({ sequence, receivedAtMs, content }: Envelope): Promise<void> {
    this.heard.push(await this.open(new Uint8Array(content), receivedAtMs))
    this.socket.emit('acknowledge', { sequences: [sequence] }, () => {})
  }

  private async open(sealed: Uint8Array, receivedAtMs: number): Promise<string> {
    try {
      const { sender, message } = await sealedSenderOpen(sealed, {
        identity: this.keys,
        local: this.address,
        trustRoots: [this.relay.authority.trustRoot],
        receivedAtMs,
      })
      if (message.type === 8) return 'retry_request'
      const remote = { serviceId: sender.senderUuid, deviceId: sender.senderDeviceId }
      this.lastOpened = message as CiphertextMessage
      const plaintext = await decryptMessage(message as CiphertextMessage, remote, this.address, this.stores)
      const decoded = decodeContent(plaintext)
      return decoded.ok ? decoded.content.kind : decoded.reason
    } catch (error) {
      return (error as { code?: string }).code ?? 'unexpected'
    }
  }
}

export function textContent(text: string) {
  return { v: 1, id: randomUUID() as string, sentAtMs: Date.now(), kind: 'text', text }
}

interface Registered {
  accountId: AccountId
  deviceId: number
  deviceToken: string
  keys: KeyPair
  stores: MemoryStores
}

/** As few keys as a relay accepts: this device seldom is who is written to first. */
async function register(relay: HostileRelay, slug: string, personId: PersonId): Promise<Registered> {
  const keys = await generateIdentityKeyPair()
  const registrationId = 4_242
  const stores = new MemoryStores(keys, registrationId)
  const signed = await generateSignedPreKeyRecord(1, keys, Date.now())
  const kyber = await generateKyberPreKeyRecord(1, keys, Date.now())
  stores.signedPreKeys.set(1, signed.record)
  stores.kyberPreKeys.set(1, kyber.record)
  const onWire = (key: typeof signed.public) => ({
    id: key.id,
    publicKey: toBase64Url(key.publicKey),
    signature: toBase64Url(key.signature),
  })
  const { sessionToken } = (await post(relay.url + routes.redeemCode, undefined, {
    personId,
    code: await relay.real.code(slug),
  })) as { sessionToken: string }
  const registered = await post(relay.url + routes.devices, sessionToken, {
    identityKey: toBase64Url(keys.publicKey),
    registrationId,
    signedPreKey: onWire(signed.public),
    lastResortKyberPreKey: onWire(kyber.public),
    preKeys: [],
    kyberPreKeys: [],
    name: 'Bent',
    replaceExisting: true,
  })
  return { ...registeredDevice.parse(registered), keys, stores }
}

async function post(url: string, token: string | undefined, body: unknown): Promise<unknown> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  })
  return ((await answer.json()) as { value: unknown }).value
}
