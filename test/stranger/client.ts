/**
 * A second client of Pli, written from docs/PROTOCOL.md alone on socket.io-client and libsignal: it imports nothing
 * of ours. Signs in with an operator's code, publishes keys, sends, receives, acknowledges.
 * Not concerned with keeping anything: it lives in memory.
 */
import { randomBytes, randomUUID } from 'node:crypto'
import * as signal from '@signalapp/libsignal-client'
import { io, type Socket } from 'socket.io-client'
import { type Answer, ask, b64, Refused, unb64, unwrap } from './http.ts'
import { makeDevice } from './keys.ts'
import { createStores, type Stores } from './stores.ts'

interface Bundle {
  deviceId: number
  registrationId: number
  signedPreKey: { id: number; publicKey: string; signature: string }
  preKey?: { id: number; publicKey: string }
  kyberPreKey: { id: number; publicKey: string; signature: string }
}
interface Delivered {
  sequence: number
  receivedAtMs: number
  content: Uint8Array
}
export interface Received {
  sender: string
  content: { id: string; kind: string; text?: string; messageIds?: string[] }
}

/** Section 7: 0x80, then zeros, to 160·n − 1 bytes. */
function pad(plain: Uint8Array): Uint8Array<ArrayBuffer> {
  const padded = new Uint8Array(Math.ceil((plain.length + 2) / 160) * 160 - 1)
  padded.set(plain)
  padded[plain.length] = 0x80
  return padded
}

function unpad(padded: Uint8Array): Uint8Array {
  const end = padded.findLastIndex((byte) => byte !== 0)
  if (end < 0 || padded[end] !== 0x80) throw new Error('not padded')
  return padded.subarray(0, end)
}

export class StrangerClient {
  readonly accountId: string
  private readonly relayUrl: string
  private readonly deviceId: number
  private readonly token: string
  private readonly stores: Stores
  private readonly trustRoots: signal.PublicKey[]
  private readonly socket: Socket
  private readonly shown = new Set<string>()
  private readonly onMessage: (message: Received) => void

  private constructor(
    relayUrl: string,
    device: { accountId: string; deviceId: number; deviceToken: string },
    stores: Stores,
    trustRoots: signal.PublicKey[],
    onMessage: (message: Received) => void,
  ) {
    this.relayUrl = relayUrl
    this.accountId = device.accountId
    this.deviceId = device.deviceId
    this.token = device.deviceToken
    this.stores = stores
    this.trustRoots = trustRoots
    this.onMessage = onMessage
    this.socket = io(relayUrl, {
      path: '/v1/socket',
      transports: ['websocket'],
      auth: { token: this.token },
      forceNew: true,
    })
    let inOrder = Promise.resolve()
    this.socket.on('deliver', (delivery: { envelopes: Delivered[] }) => {
      for (const envelope of delivery.envelopes) inOrder = inOrder.then(() => this.receive(envelope))
    })
  }

  /** Sections 1 to 4. */
  static async register(
    relayUrl: string,
    proof: { personId: string; code: string },
    onMessage: (message: Received) => void,
  ): Promise<StrangerClient> {
    const config = await ask<{ trustRoots: string[] }>(`${relayUrl}/v1/config`, 'GET')
    const session = await ask<{ sessionToken: string }>(
      `${relayUrl}/v1/sign-in/code`,
      'POST',
      undefined,
      proof,
    )
    const stores = createStores()
    const device = await ask<{ accountId: string; deviceId: number; deviceToken: string }>(
      `${relayUrl}/v1/devices`,
      'POST',
      session.sessionToken,
      await makeDevice(stores),
    )
    const roots = config.trustRoots.map((root) => signal.PublicKey.deserialize(unb64(root)))
    const client = new StrangerClient(relayUrl, device, stores, roots, onMessage)
    await new Promise<void>((resolve, reject) => {
      client.socket.once('connect', resolve)
      client.socket.once('connect_error', reject)
    })
    return client
  }

  close(): void {
    this.socket.close()
  }

  /** The account of a person found in the directory; undefined when nobody can write to them. */
  async findAccount(query: string): Promise<string | undefined> {
    const url = `${this.relayUrl}/v1/directory/people?${new URLSearchParams({ q: query })}`
    const page = await ask<{ rows: { accountId?: string }[] }>(url, 'GET', this.token)
    return page.rows.find((row) => row.accountId !== undefined)?.accountId
  }

  async sendText(accountId: string, text: string): Promise<string> {
    const id = randomUUID()
    await this.send(accountId, { v: 1, id, sentAtMs: Date.now(), kind: 'text', text }, true)
    return id
  }

  /** Sections 5 and 6: seal for every device, submit under a fresh idempotency key. */
  private async send(accountId: string, content: object, urgent: boolean): Promise<void> {
    const plain = pad(new TextEncoder().encode(JSON.stringify(content)))
    const certificate = await this.senderCertificate()
    const devices = await this.devicesOf(accountId)
    const envelopes = []
    for (const { deviceId, registrationId } of devices) {
      const remote = signal.ProtocolAddress.new(accountId, deviceId)
      const message = await signal.signalEncrypt(
        plain,
        remote,
        this.address(),
        this.stores.sessions,
        this.stores.identities,
      )
      const inner = signal.UnidentifiedSenderMessageContent.new(message, certificate, 0, null)
      const sealed = await signal.sealedSenderEncrypt(inner, remote, this.stores.identities)
      envelopes.push({ deviceId, registrationId, content: Buffer.from(sealed) })
    }
    const request = { idempotencyKey: b64(randomBytes(16)), accountId, urgent, envelopes }
    unwrap((await this.socket.emitWithAck('submit', request)) as Answer<unknown>)
  }

  private async senderCertificate(): Promise<signal.SenderCertificate> {
    const answer = await ask<{ certificate: string }>(`${this.relayUrl}/v1/certificate`, 'GET', this.token)
    return signal.SenderCertificate.deserialize(unb64(answer.certificate))
  }

  /** Sessions with all of the account's devices, made from their bundles where there is none yet. */
  private async devicesOf(accountId: string): Promise<{ deviceId: number; registrationId: number }[]> {
    const url = `${this.relayUrl}/v1/accounts/${accountId}`
    const { devices } = await ask<{ devices: { deviceId: number; registrationId: number }[] }>(
      url,
      'GET',
      this.token,
    )
    const addresses = devices.map(({ deviceId }) => signal.ProtocolAddress.new(accountId, deviceId))
    const sessions = await this.stores.sessions.getExistingSessions(addresses)
    if (sessions.length === devices.length) return devices
    const bundles = await ask<{ identityKey: string; devices: Bundle[] }>(`${url}/bundles`, 'GET', this.token)
    for (const bundle of bundles.devices) await this.startSession(accountId, bundles.identityKey, bundle)
    return bundles.devices
  }

  private async startSession(accountId: string, identityKey: string, bundle: Bundle): Promise<void> {
    const { signedPreKey, preKey, kyberPreKey } = bundle
    const native = signal.PreKeyBundle.new(
      bundle.registrationId,
      bundle.deviceId,
      preKey?.id ?? null,
      preKey === undefined ? null : signal.PublicKey.deserialize(unb64(preKey.publicKey)),
      signedPreKey.id,
      signal.PublicKey.deserialize(unb64(signedPreKey.publicKey)),
      unb64(signedPreKey.signature),
      signal.PublicKey.deserialize(unb64(identityKey)),
      kyberPreKey.id,
      signal.KEMPublicKey.deserialize(unb64(kyberPreKey.publicKey)),
      unb64(kyberPreKey.signature),
    )
    const remote = signal.ProtocolAddress.new(accountId, bundle.deviceId)
    await signal.processPreKeyBundle(
      native,
      remote,
      this.address(),
      this.stores.sessions,
      this.stores.identities,
    )
  }

  /** Section 6: open, show once, confirm to the sender, then let the relay delete. */
  private async receive({ sequence, receivedAtMs, content }: Delivered): Promise<void> {
    const inner = await signal.sealedSenderDecryptToUsmc(new Uint8Array(content), this.stores.identities)
    const certificate = inner.senderCertificate()
    if (!certificate.validateWithTrustRoots(this.trustRoots, receivedAtMs)) throw new Refused('certificate')
    const sender = certificate.senderUuid()
    const plain = unpad(
      await this.decrypt(inner, signal.ProtocolAddress.new(sender, certificate.senderDeviceId())),
    )
    const message = JSON.parse(new TextDecoder().decode(plain)) as Received['content']
    unwrap((await this.socket.emitWithAck('acknowledge', { sequences: [sequence] })) as Answer<unknown>)
    const once = `${sender} ${message.id}`
    if (this.shown.has(once)) return
    this.shown.add(once)
    this.onMessage({ sender, content: message })
    if (message.kind !== 'receipt') await this.confirm(sender, message.id)
  }

  private async confirm(accountId: string, messageId: string): Promise<void> {
    const head = { v: 1, id: randomUUID(), sentAtMs: Date.now() }
    await this.send(
      accountId,
      { ...head, kind: 'receipt', state: 'delivered', messageIds: [messageId] },
      false,
    )
  }

  private decrypt(inner: signal.UnidentifiedSenderMessageContent, remote: signal.ProtocolAddress) {
    const { sessions, identities, preKeys, signedPreKeys, kyberPreKeys } = this.stores
    if (inner.msgType() === signal.CiphertextMessageType.PreKey) {
      const message = signal.PreKeySignalMessage.deserialize(inner.contents())
      return signal.signalDecryptPreKey(
        message,
        remote,
        this.address(),
        sessions,
        identities,
        preKeys,
        signedPreKeys,
        kyberPreKeys,
      )
    }
    const message = signal.SignalMessage.deserialize(inner.contents())
    return signal.signalDecrypt(message, remote, this.address(), sessions, identities)
  }

  private address(): signal.ProtocolAddress {
    return signal.ProtocolAddress.new(this.accountId, this.deviceId)
  }
}
