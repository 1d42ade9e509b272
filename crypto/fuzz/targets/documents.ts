/** Targets that are files, codes and documents: attachments, linking, backups, records, the recovery key on paper. */
import { decryptAttachment, encryptAttachmentBytes } from '../../src/attachment/index.ts'
import { readFrame } from '../../src/backup/frame.ts'
import {
  type BackupItem,
  decryptBackup,
  encryptBackup,
  formatRecoveryKey,
  generateRecoveryKey,
  openBackupHead,
  parseRecoveryKey,
} from '../../src/backup/index.ts'
import { decodeItem, encodeItem } from '../../src/backup/items.ts'
import { FRAME_LENGTH } from '../../src/backup/layout.ts'
import { bytesEqual, concatBytes, randomBytes, utf8ToBytes } from '../../src/primitives/bytes.ts'
import { generateKeyPair } from '../../src/primitives/curve.ts'
import {
  decodeContents,
  encodeContents,
  openContents,
  sealContents,
} from '../../src/provisioning/contents.ts'
import { ExistingDeviceLinking, NewDeviceLinking } from '../../src/provisioning/index.ts'
import {
  decodeChallenge,
  decodeCommitment,
  decodeEnvelope,
  decodeReveal,
} from '../../src/provisioning/messages.ts'
import { parseOfferUri } from '../../src/provisioning/offer.ts'
import { rotateIdentity, signRecord, verifyIdentityRotation, verifyRecord } from '../../src/records/index.ts'
import { decodeRecord, encodeRecord } from '../../src/records/record.ts'
import type { FuzzTarget } from '../engine.ts'
import { ALICE, BOB } from './samples.ts'

const NOW_MS = 1_790_000_000_000

export async function documentTargets(): Promise<FuzzTarget[]> {
  return [
    await attachmentTarget(),
    ...linkingTargets(),
    ...(await backupTargets()),
    ...recordTargets(),
    recoveryKeyTarget(),
  ]
}

async function attachmentTarget(): Promise<FuzzTarget> {
  const { ciphertext, pointer } = await encryptAttachmentBytes(randomBytes(900))
  return {
    name: 'attachment',
    corpus: [ciphertext],
    decode: async (input) => {
      // the length is the pointer's, which comes sealed: what is fuzzed is the file
      for await (const piece of decryptAttachment([input], pointer)) piece.fill(0)
    },
  }
}

function linkingTargets(): FuzzTarget[] {
  const contents = {
    identity: generateKeyPair(),
    accountId: ALICE.serviceId,
    settingsKey: randomBytes(32),
    provisioningCode: randomBytes(20),
    createdAtMs: NOW_MS,
  }
  const fresh = new NewDeviceLinking(NOW_MS)
  const existing = new ExistingDeviceLinking(fresh.uri, NOW_MS)
  const { commitment } = existing
  const challenge = fresh.answerCommitment(commitment, NOW_MS)
  const { reveal } = existing.answerChallenge(challenge, NOW_MS)
  const envelope = existing.confirmAndSeal(contents, NOW_MS)
  const keys = { cipherKey: randomBytes(32), macKey: randomBytes(32) }
  const text = (input: Uint8Array) => String.fromCharCode(...input.subarray(0, 2_000))
  return [
    {
      name: 'link offer',
      corpus: [utf8ToBytes(fresh.uri)],
      decode: (input) => parseOfferUri(text(input), NOW_MS),
    },
    { name: 'link commitment', corpus: [commitment], decode: decodeCommitment },
    { name: 'link challenge', corpus: [challenge], decode: decodeChallenge },
    { name: 'link reveal', corpus: [reveal], decode: decodeReveal },
    { name: 'link envelope', corpus: [envelope], decode: decodeEnvelope },
    {
      name: 'link sealed contents',
      corpus: [sealContents(contents, keys)],
      decode: (input) => openContents(input, keys),
    },
    { name: 'link contents', corpus: [encodeContents(contents)], decode: decodeContents },
  ]
}

async function backupTargets(): Promise<FuzzTarget[]> {
  const secret = { recoveryKey: generateRecoveryKey() }
  const items: BackupItem[] = [
    { section: 'settings', name: 'language', value: 'fr' },
    { section: 'messages', id: 'm1', content: 'two tablets' },
  ]
  const pieces: Uint8Array[] = []
  const writing = encryptBackup(items, { secret, number: 3, createdAtMs: NOW_MS })
  let written = await writing.next()
  for (; !written.done; written = await writing.next()) pieces.push(written.value)
  const head = written.value
  const restore = async (input: Uint8Array) => {
    for await (const { section } of decryptBackup([input], { secret, lastKnownNumber: 2 })) {
      if (section.length === 0) throw new Error('a section without a name')
    }
  }
  const frame = (input: Uint8Array) => {
    const padded = new Uint8Array(FRAME_LENGTH)
    padded.set(input.subarray(0, FRAME_LENGTH))
    return readFrame(padded)
  }
  const pieceOfFrame = Uint8Array.of(0, 0, 0, 16, 2, 3, 0, 0, 0, 0, 0, 0, 0, 6, 10, 1, 97, 18, 1, 98)
  return [
    // the header decides; a frame that was changed is passed over
    { name: 'backup', corpus: [concatBytes(...pieces)], decode: restore },
    {
      name: 'backup head',
      corpus: [head],
      decode: (input) => openBackupHead(input, { secret, lastKnownNumber: 2 }),
    },
    { name: 'backup frame', corpus: [pieceOfFrame], decode: frame },
    ...items.map((item): FuzzTarget => {
      const { section } = item
      return {
        name: `backup item: ${section}`,
        corpus: [encodeItem(item)],
        decode: (input) => decodeItem(section, input),
      }
    }),
  ]
}

function recordTargets(): FuzzTarget[] {
  const identity = generateKeyPair()
  const signer = { accountId: ALICE.serviceId, identityKey: identity.publicKey }
  const addressee = { accountId: BOB.serviceId, identityKey: generateKeyPair().publicKey }
  const kind = 'dose-answer'
  const record = {
    kind,
    signer: { ...signer, deviceId: 1 },
    addressee,
    questionHash: randomBytes(64),
    createdAtMs: NOW_MS,
    body: randomBytes(30),
  }
  const canonical = encodeRecord(record)
  const { statement } = rotateIdentity({
    accountId: ALICE.serviceId,
    deviceId: 1,
    oldIdentity: identity,
    reason: 'device-lost',
    nowMs: NOW_MS,
  })
  return [
    {
      name: 'record',
      corpus: [canonical],
      decode: (input) => {
        // one content has one form
        if (!bytesEqual(encodeRecord(decodeRecord(input)), input))
          throw new Error('a second form of a record')
      },
    },
    {
      name: 'signed record',
      corpus: [signRecord(record, identity)],
      decode: (input) => {
        // an XEdDSA signature may be respelled, the record may not
        const read = verifyRecord(input, { kind, signer, addressee })
        if (!bytesEqual(encodeRecord(read), canonical)) throw new Error('a record was forged')
      },
    },
    { name: 'rotation', corpus: [statement], decode: (input) => verifyIdentityRotation(input, signer) },
  ]
}

function recoveryKeyTarget(): FuzzTarget {
  return {
    name: 'recovery key on paper',
    corpus: [utf8ToBytes(formatRecoveryKey(generateRecoveryKey()).join(' '))],
    decode: (input) => parseRecoveryKey(new TextDecoder().decode(input)),
  }
}
