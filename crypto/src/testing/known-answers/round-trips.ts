/**
 * The protocol from end to end: not known answers, but the paths that a platform's own cryptography takes, run where the
 * apps run. Interoperation with the native library is tested elsewhere (`test/interop`).
 */

import { decryptAttachmentBytes, encryptAttachmentBytes } from '../../attachment/index.ts'
import {
  type BackupItem,
  type BackupSecret,
  decryptBackup,
  encryptBackup,
  generateRecoveryKey,
} from '../../backup/index.ts'
import {
  createSenderKeyDistributionMessage,
  groupDecrypt,
  groupEncrypt,
  processSenderKeyDistributionMessage,
} from '../../group/index.ts'
import { bytesToHex, randomBytes, utf8ToBytes } from '../../primitives/bytes.ts'
import { generateKeyPair } from '../../primitives/curve.ts'
import { x25519Name } from '../../primitives/key-agreement.ts'
import { ExistingDeviceLinking, NewDeviceLinking } from '../../provisioning/index.ts'
import { sealedSenderEncrypt, sealedSenderOpen } from '../../sealed-sender/index.ts'
import { MemoryDevice, MemorySenderKeys } from '../index.ts'
import { issueCertificate, NOW_MS } from './certificate.ts'
import { type Check, expectEqual, expectTrue } from './check.ts'

const ALICE = { serviceId: 'a0000000-0000-4000-8000-000000000001', deviceId: 1 }
const BOB = { serviceId: 'b0000000-0000-4000-8000-000000000002', deviceId: 1 }

async function converse(rounds: number): Promise<number> {
  const [alice, bob] = await Promise.all([MemoryDevice.create(ALICE), MemoryDevice.create(BOB)])
  await alice.open(await bob.publishBundle(), bob.address)
  for (let i = 0; i < rounds; i++) {
    for (const [from, to] of [
      [alice, bob],
      [bob, alice],
    ] as const) {
      const text = randomBytes(1 + (i % 40) * 7)
      const message = await from.encrypt(text, to.address)
      expectEqual(await to.decrypt(message, from.address), bytesToHex(text), `round ${i}`)
    }
  }
  return 2 * rounds
}

async function sealAndOpen(): Promise<number> {
  const [alice, bob] = await Promise.all([MemoryDevice.create(ALICE), MemoryDevice.create(BOB)])
  const { root, certificate } = issueCertificate(alice.identity, ALICE)
  await alice.open(await bob.publishBundle(), bob.address)
  const text = utf8ToBytes('two tablets')
  const sealed = await sealedSenderEncrypt({
    message: await alice.encrypt(text, bob.address),
    senderCertificate: certificate,
    recipientIdentityKey: bob.identity.publicKey,
    senderIdentity: alice.identity,
  })
  const opened = await sealedSenderOpen(sealed, {
    identity: bob.identity,
    local: BOB,
    trustRoots: [root],
    receivedAtMs: NOW_MS,
  })
  expectEqual(opened.sender.senderUuid, ALICE.serviceId, 'sender')
  const { type, body } = opened.message
  if (type !== 2 && type !== 3) throw new Error('a message of another type')
  expectEqual(await bob.decrypt({ type, body }, ALICE), bytesToHex(text), 'text')
  return 1
}

async function speakToGroup(): Promise<number> {
  const group = '0f000000-0000-4000-8000-00000000000f'
  const [ours, theirs] = [new MemorySenderKeys(), new MemorySenderKeys()]
  const handedOver = await createSenderKeyDistributionMessage(ALICE, group, ours)
  await processSenderKeyDistributionMessage(ALICE, handedOver, theirs)
  for (let i = 0; i < 10; i++) {
    const text = randomBytes(50)
    const { body } = await groupEncrypt(ALICE, group, ours, text)
    expectEqual(await groupDecrypt(ALICE, theirs, body), bytesToHex(text), `message ${i}`)
  }
  return 10
}

async function link(): Promise<number> {
  const fresh = new NewDeviceLinking(NOW_MS)
  const existing = new ExistingDeviceLinking(fresh.uri, NOW_MS)
  const challenge = fresh.answerCommitment(existing.commitment, NOW_MS)
  const { reveal, shortCode } = existing.answerChallenge(challenge, NOW_MS)
  expectEqual(fresh.acceptReveal(reveal, NOW_MS), shortCode, 'digits')
  const identity = generateKeyPair()
  const sealed = existing.confirmAndSeal(
    {
      identity,
      accountId: ALICE.serviceId,
      settingsKey: randomBytes(32),
      provisioningCode: randomBytes(20),
      createdAtMs: NOW_MS,
    },
    NOW_MS,
  )
  expectEqual(fresh.open(sealed, NOW_MS).identity.privateKey, bytesToHex(identity.privateKey), 'identity')
  return 1
}

async function attach(): Promise<number> {
  const bytes = randomBytes(200_000)
  const { ciphertext, pointer } = await encryptAttachmentBytes(bytes)
  expectEqual(await decryptAttachmentBytes(ciphertext, pointer), bytesToHex(bytes), 'attachment')
  return 1
}

async function backUp(secret: BackupSecret): Promise<number> {
  const items = Array.from({ length: 100 }, (_, i): BackupItem => {
    return { section: 'messages', id: `m${i}`, content: 'two tablets '.repeat(100) }
  })
  const cost = { memoryKib: 8_192, passes: 1, lanes: 1 }
  const backup = encryptBackup(items, { secret, number: 1, createdAtMs: NOW_MS, cost })
  const restoring = decryptBackup(backup, { secret, lastKnownNumber: 1 })
  let restored = 0
  for (;;) {
    const next = await restoring.next()
    if (next.done) {
      expectTrue(next.value.complete, 'the backup came back incomplete')
      return restored
    }
    expectEqual(JSON.stringify(next.value), JSON.stringify(items[restored]), `item ${restored}`)
    restored++
  }
}

export const roundTripChecks: readonly Check[] = [
  {
    name: 'X25519: an implementation was chosen by its known answer',
    async run() {
      expectTrue((await x25519Name()).length > 0, 'no name')
      return 1
    },
  },
  { name: 'sessions: 60 messages to and fro', run: () => converse(30) },
  { name: 'sealed sender: certificate, seal, session', run: sealAndOpen },
  { name: 'sender keys: ten messages to a group', run: speakToGroup },
  { name: 'linking a device', run: link },
  { name: 'attachments', run: attach },
  { name: 'backups under a recovery key', run: () => backUp({ recoveryKey: generateRecoveryKey() }) },
  { name: 'backups under a passphrase', run: () => backUp({ passphrase: 'correct battery staple' }) },
]
