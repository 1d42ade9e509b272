/** The native library's workloads, through its Node addon, with stores in memory as ours have. */
import * as native from '@signalapp/libsignal-client'
import { NativeDevice, plain, sessionKey, toNativeAddress } from '../../test/interop/native-device.ts'
import { NativeSenderKeys } from '../src/group/testing/native-sender-keys.ts'
import { sessionWorkloads } from './session-workloads.ts'
import {
  ADDRESSES,
  DISTRIBUTION_ID,
  GROUP_READERS,
  measureWorkload,
  type SealFixture,
  type Subject,
  type Workload,
  type Workloads,
} from './subject.ts'

const YEAR_MS = 365 * 24 * 60 * 60 * 1_000

export async function createNative(fixture: SealFixture): Promise<Subject> {
  const workloads = await createWorkloads(fixture)
  return {
    name: 'libsignal-node',
    keyAgreement: 'native',
    async measure(metric, durationMs) {
      const workload = workloads[metric]
      return workload && measureWorkload(workload, durationMs)
    },
  }
}

/** A sender with a certificate as a relay issues it. */
export function makeSealFixture(): SealFixture {
  const root = native.PrivateKey.generate()
  const server = native.PrivateKey.generate()
  const identity = native.PrivateKey.generate()
  const receivedAtMs = Date.UTC(2026, 0, 1)
  const certificate = native.SenderCertificate.new(
    ADDRESSES.alice.serviceId,
    null,
    ADDRESSES.alice.deviceId,
    identity.getPublicKey(),
    receivedAtMs + YEAR_MS,
    native.ServerCertificate.new(1, server.getPublicKey(), root),
    server,
  )
  return {
    accountId: ADDRESSES.alice.serviceId,
    identityPublic: [...identity.getPublicKey().serialize()],
    identityPrivate: [...identity.serialize()],
    senderCertificate: [...certificate.serialize()],
    trustRoot: [...root.getPublicKey().serialize()],
    receivedAtMs,
  }
}

async function createWorkloads(fixture: SealFixture): Promise<Workloads> {
  const setUp = pair()
  return {
    ...(await sessionWorkloads({ ...setUp, startOver: startOver(setUp) }, pair())),
    'sender-key fan-out': await fanOut(),
    'sealed sender': await sealedSender(fixture),
    'safety number': safetyNumber(),
  }
}

function pair(): { a: NativeDevice; b: NativeDevice } {
  return { a: new NativeDevice(ADDRESSES.alice), b: new NativeDevice(ADDRESSES.bob) }
}

function startOver({ a, b }: { a: NativeDevice; b: NativeDevice }): () => void {
  const preKeys = new Map<number, Uint8Array<ArrayBuffer>>()
  return () => {
    for (const [id, record] of b.preKeys) preKeys.set(id, record)
    for (const [id, record] of preKeys) b.preKeys.set(id, record)
    a.sessions.delete(sessionKey(b.address))
    b.sessions.delete(sessionKey(a.address))
  }
}

async function fanOut(): Promise<Workload> {
  const sender = new NativeSenderKeys()
  const readers = Array.from({ length: GROUP_READERS }, () => new NativeSenderKeys())
  const distribution = await sender.distribute(ADDRESSES.alice, DISTRIBUTION_ID)
  for (const reader of readers) await reader.process(ADDRESSES.alice, distribution)
  const plaintext = new Uint8Array(50)
  const work = async () => {
    const message = await sender.encrypt(ADDRESSES.alice, DISTRIBUTION_ID, plaintext)
    for (const reader of readers) await reader.decrypt(ADDRESSES.alice, message)
  }
  return { operations: 1, work }
}

async function sealedSender(fixture: SealFixture): Promise<Workload> {
  const sender = new NativeDevice(ADDRESSES.alice, {
    publicKey: Uint8Array.from(fixture.identityPublic),
    privateKey: Uint8Array.from(fixture.identityPrivate),
  })
  const recipient = new NativeDevice(ADDRESSES.bob)
  await sender.open(await recipient.publishBundle(), recipient.address)
  await recipient.decrypt(await sender.encrypt(new Uint8Array(1), recipient.address), sender.address)
  await sender.decrypt(await recipient.encrypt(new Uint8Array(1), sender.address), recipient.address)
  const { sessions, identities } = sender.stores
  const address = toNativeAddress(recipient.address)
  const local = toNativeAddress(sender.address)
  // a message of about 200 bytes, as ours is
  const message = await native.signalEncrypt(new Uint8Array(50), address, local, sessions, identities)
  const certificate = native.SenderCertificate.deserialize(Uint8Array.from(fixture.senderCertificate))
  const content = native.UnidentifiedSenderMessageContent.new(message, certificate, 0, null)
  const trustRoots = [native.PublicKey.deserialize(Uint8Array.from(fixture.trustRoot))]
  const work = async () => {
    const sealed = await native.sealedSenderEncrypt(content, address, identities)
    const opened = await native.sealedSenderDecryptToUsmc(sealed, recipient.stores.identities)
    if (!opened.senderCertificate().validateWithTrustRoots(trustRoots, fixture.receivedAtMs)) {
      throw new Error('a certificate was refused')
    }
  }
  return { operations: 1, work }
}

function safetyNumber(): Workload {
  const key = native.PrivateKey.generate().getPublicKey()
  const local = plain(Buffer.from(ADDRESSES.alice.serviceId.replaceAll('-', ''), 'hex'))
  const remote = plain(Buffer.from(ADDRESSES.bob.serviceId.replaceAll('-', ''), 'hex'))
  const work = async () => {
    const fingerprint = native.Fingerprint.new(5_200, 2, local, key, remote, key)
    fingerprint.displayableFingerprint().toString()
  }
  return { operations: 1, work }
}
