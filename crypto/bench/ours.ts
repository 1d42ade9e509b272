/** This implementation's workloads; runs in Node and in browsers. */
import {
  computeSafetyNumber,
  createSenderKeyDistributionMessage,
  decryptAttachmentBytes,
  encryptAttachmentBytes,
  generateIdentityKeyPair,
  groupDecrypt,
  groupEncrypt,
  processSenderKeyDistributionMessage,
  sealedSenderEncrypt,
  sealedSenderOpen,
} from '../src/index.ts'
import { MemoryDevice, MemorySenderKeys, x25519Name } from '../src/testing/index.ts'
import { sessionWorkloads } from './session-workloads.ts'
import {
  ADDRESSES,
  ATTACHMENT_MEGABYTES,
  DISTRIBUTION_ID,
  GROUP_READERS,
  measureWorkload,
  type SealFixture,
  type Subject,
  type Workload,
  type Workloads,
} from './subject.ts'

export async function createOurs(name: Subject['name'], fixture: SealFixture): Promise<Subject> {
  const workloads = await createWorkloads(fixture)
  return {
    name,
    keyAgreement: await x25519Name(),
    async measure(metric, durationMs) {
      const workload = workloads[metric]
      return workload && measureWorkload(workload, durationMs)
    },
  }
}

async function createWorkloads(fixture: SealFixture): Promise<Workloads> {
  const setUp = await pair()
  return {
    ...(await sessionWorkloads({ ...setUp, startOver: startOver(setUp) }, await pair())),
    'sender-key fan-out': await fanOut(),
    'sealed sender': await sealedSender(fixture),
    'safety number': await safetyNumber(),
    'attachment 5 MB': attachment(),
  }
}

async function pair(): Promise<{ a: MemoryDevice; b: MemoryDevice }> {
  return { a: await MemoryDevice.create(ADDRESSES.alice), b: await MemoryDevice.create(ADDRESSES.bob) }
}

function startOver({ a, b }: { a: MemoryDevice; b: MemoryDevice }): () => void {
  const preKeys = new Map<number, Uint8Array>()
  return () => {
    for (const [id, record] of b.stores.preKeys) preKeys.set(id, record)
    for (const [id, record] of preKeys) b.stores.preKeys.set(id, record)
    for (const { stores } of [a, b]) stores.sessions.clear()
    b.stores.usedBaseKeys.clear()
  }
}

async function fanOut(): Promise<Workload> {
  const sender = new MemorySenderKeys()
  const readers = Array.from({ length: GROUP_READERS }, () => new MemorySenderKeys())
  const distribution = await createSenderKeyDistributionMessage(ADDRESSES.alice, DISTRIBUTION_ID, sender)
  for (const reader of readers)
    await processSenderKeyDistributionMessage(ADDRESSES.alice, distribution, reader)
  const plaintext = new Uint8Array(50)
  const work = async () => {
    const { body } = await groupEncrypt(ADDRESSES.alice, DISTRIBUTION_ID, sender, plaintext)
    for (const reader of readers) await groupDecrypt(ADDRESSES.alice, reader, body)
  }
  return { operations: 1, work }
}

async function sealedSender(fixture: SealFixture): Promise<Workload> {
  const recipient = await generateIdentityKeyPair()
  const senderIdentity = {
    publicKey: Uint8Array.from(fixture.identityPublic),
    privateKey: Uint8Array.from(fixture.identityPrivate),
  }
  const senderCertificate = Uint8Array.from(fixture.senderCertificate)
  const trustRoots = [Uint8Array.from(fixture.trustRoot)]
  const message = { type: 2, body: new Uint8Array(200) } as const
  const work = async () => {
    const recipientIdentityKey = recipient.publicKey
    const sealed = await sealedSenderEncrypt({
      message,
      senderCertificate,
      recipientIdentityKey,
      senderIdentity,
    })
    const { receivedAtMs } = fixture
    await sealedSenderOpen(sealed, { identity: recipient, local: ADDRESSES.bob, trustRoots, receivedAtMs })
  }
  return { operations: 1, work }
}

async function safetyNumber(): Promise<Workload> {
  const identityKey = (await generateIdentityKeyPair()).publicKey
  const local = { accountId: ADDRESSES.alice.serviceId, identityKey }
  const remote = { accountId: ADDRESSES.bob.serviceId, identityKey }
  const work = async () => {
    await computeSafetyNumber(local, remote)
  }
  return { operations: 1, work }
}

/** Counts megabytes: each is encrypted and decrypted. */
function attachment(): Workload {
  const bytes = new Uint8Array(ATTACHMENT_MEGABYTES * 1_000_000).fill(0x5a)
  const work = async () => {
    const { ciphertext, pointer } = await encryptAttachmentBytes(bytes)
    const back = await decryptAttachmentBytes(ciphertext, pointer)
    if (back.length !== bytes.length) throw new Error('an attachment came out otherwise')
  }
  return { operations: ATTACHMENT_MEGABYTES, work }
}
