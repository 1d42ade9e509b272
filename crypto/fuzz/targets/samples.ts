/** Genuine inputs of every decoder that a session, a group or a sealed message has, made by the code itself. */

import { computeSafetyNumber } from '../../src/fingerprint/index.ts'
import {
  createSenderKeyDistributionMessage,
  groupEncrypt,
  processSenderKeyDistributionMessage,
} from '../../src/group/index.ts'
import { randomBytes } from '../../src/primitives/bytes.ts'
import { generateKeyPair } from '../../src/primitives/curve.ts'
import { serializeDecryptionErrorMessage, toPlaintextContent } from '../../src/retry/index.ts'
import { serializeUnidentifiedSenderContent } from '../../src/sealed-sender/index.ts'
import { decodeSessionRecord, encodeSession } from '../../src/session/session-codec.ts'
import { MemoryDevice, MemorySenderKeys } from '../../src/testing/index.ts'
import { issueCertificate, NOW_MS } from '../../src/testing/known-answers/certificate.ts'
import type { CiphertextMessage } from '../../src/wire/ciphertext-message.ts'
import { decodePreKeyMessage } from '../../src/wire/prekey-message.ts'
import { decodeSignalMessage } from '../../src/wire/signal-message.ts'

export const ALICE = { serviceId: 'a0000000-0000-4000-8000-000000000001', deviceId: 1 }
export const BOB = { serviceId: 'b0000000-0000-4000-8000-000000000002', deviceId: 1 }
export const GROUP = '0f000000-0000-4000-8000-00000000000f'
const TURNS = 24

export type Samples = Awaited<ReturnType<typeof makeSamples>>

export async function makeSamples() {
  const talk = await converse()
  const others = await Promise.all([preKeySamples(), sealedSamples(talk.alice), groupSamples()])
  return { ...talk, ...others[0], ...others[1], ...others[2] }
}

/** A conversation long enough for the post-quantum ratchet to go through its phases. */
async function converse() {
  const [alice, bob] = await Promise.all([MemoryDevice.create(ALICE), MemoryDevice.create(BOB)])
  await alice.open(await bob.publishBundle(), bob.address)
  const preKeyBodies: Uint8Array[] = []
  const whisperBodies: Uint8Array[] = []
  const sessionRecords: Uint8Array[] = []
  const spqrPairs: { state: Uint8Array; message: Uint8Array }[] = []
  for (let turn = 0; turn < TURNS; turn++) {
    const [from, to] = turn % 2 === 0 ? [alice, bob] : [bob, alice]
    await from.encrypt(new Uint8Array(20), to.address) // lost: its key is kept
    const message = await from.encrypt(randomBytes(40), to.address)
    ;(message.type === 3 ? preKeyBodies : whisperBodies).push(Uint8Array.from(message.body))
    const before = await to.stores.loadSession(from.address)
    if (before) spqrPairs.push({ state: spqrStateOf(before), message: spqrPartOf(message) })
    await to.decrypt(message, from.address)
    const record = await to.stores.loadSession(from.address)
    if (record && turn % 3 === 0) sessionRecords.push(Uint8Array.from(record))
  }
  const states = sessionRecords.flatMap(
    (record) => decodeSessionRecord(Uint8Array.from(record)).current ?? [],
  )
  const whispers = whisperBodies.map(decodeSignalMessage)
  return {
    alice,
    preKeyBodies,
    whisperBodies,
    sessionRecords,
    spqrPairs,
    publicKeys: whispers.map(({ ratchetKey }) => Uint8Array.from(ratchetKey)),
    whisperParts: preKeyBodies.map((body) => decodePreKeyMessage(body).message.slice(1, -8)),
    spqrMessages: whispers.map(({ pqRatchet }) => Uint8Array.from(pqRatchet)),
    spqrStates: states.map(({ pqRatchet }) => Uint8Array.from(pqRatchet)),
    sessions: states.map((state) => Uint8Array.from(encodeSession(state))),
  }
}

function spqrStateOf(record: Uint8Array): Uint8Array {
  const { current } = decodeSessionRecord(Uint8Array.from(record))
  if (!current) throw new Error('no session')
  return Uint8Array.from(current.pqRatchet)
}

function spqrPartOf({ type, body }: CiphertextMessage): Uint8Array {
  const { pqRatchet } = type === 3 ? decodePreKeyMessage(body).signalMessage : decodeSignalMessage(body)
  return Uint8Array.from(pqRatchet)
}

async function preKeySamples() {
  const device = await MemoryDevice.create(BOB)
  await device.publishBundle()
  const { preKeys, signedPreKeys, kyberPreKeys } = device.stores
  return {
    preKeyRecords: copies(preKeys),
    signedPreKeyRecords: copies(signedPreKeys),
    kyberPreKeyRecords: copies(kyberPreKeys),
  }
}

async function sealedSamples(alice: MemoryDevice) {
  const { certificate, server } = issueCertificate(alice.identity, ALICE)
  const contents = ([2, 3, 7, 8] as const).map((messageType) =>
    serializeUnidentifiedSenderContent({
      messageType,
      senderCertificate: certificate,
      contents: randomBytes(60),
      contentHint: 1,
      groupId: randomBytes(16),
    }),
  )
  const failure = { ratchetKey: generateKeyPair().publicKey, timestampMs: NOW_MS, deviceId: 3 }
  const party = (accountId: string) => ({ accountId, identityKey: generateKeyPair().publicKey })
  return {
    certificates: [certificate],
    serverCertificates: [server],
    sealedContents: contents,
    decryptionErrors: [serializeDecryptionErrorMessage(failure)],
    plaintextContents: [toPlaintextContent(failure).body],
    safetyNumber: (await computeSafetyNumber(party(ALICE.serviceId), party(BOB.serviceId))).scannable,
  }
}

async function groupSamples() {
  const [ours, theirs] = [new MemorySenderKeys(), new MemorySenderKeys()]
  const distribution = await createSenderKeyDistributionMessage(ALICE, GROUP, ours)
  await processSenderKeyDistributionMessage(ALICE, distribution, theirs)
  const messages: Uint8Array[] = []
  for (let i = 0; i < 4; i++) messages.push((await groupEncrypt(ALICE, GROUP, ours, randomBytes(30))).body)
  return {
    distributions: [distribution],
    senderKeyMessages: messages,
    senderKeyRecords: [...copies(ours.records), ...copies(theirs.records)],
  }
}

function copies(records: ReadonlyMap<unknown, Uint8Array>): Uint8Array[] {
  return Array.from(records.values(), (record) => Uint8Array.from(record))
}
