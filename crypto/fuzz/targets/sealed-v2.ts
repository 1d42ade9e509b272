/** Sealed sender, version 2, as the relay hands it to one recipient. */
import { randomBytes } from '../../src/primitives/bytes.ts'
import { sealedSenderMultiRecipientEncrypt, sealedSenderOpen } from '../../src/sealed-sender/index.ts'
import { MemoryDevice } from '../../src/testing/index.ts'
import { issueCertificate, NOW_MS } from '../../src/testing/known-answers/certificate.ts'
import type { FuzzTarget } from '../engine.ts'
import { ALICE, BOB } from './samples.ts'

// 0x23, one recipient: kind and UUID (17), one device (3), covered seed (32), tag (16)
const RECIPIENT_AT = 2
const SEED_AT = RECIPIENT_AT + 17 + 3
const AFTER_RECIPIENT = SEED_AT + 48

export async function sealedV2Targets(): Promise<FuzzTarget[]> {
  const [alice, bob] = await Promise.all([MemoryDevice.create(ALICE), MemoryDevice.create(BOB)])
  const { root, certificate } = issueCertificate(alice.identity, ALICE)
  const upload = await sealedSenderMultiRecipientEncrypt({
    message: { type: 7, body: randomBytes(60) },
    senderCertificate: certificate,
    senderIdentity: alice.identity,
    recipients: [
      {
        accountId: BOB.serviceId,
        identityKey: bob.identity.publicKey,
        devices: [{ deviceId: BOB.deviceId, registrationId: 7 }],
      },
    ],
  })
  // what the relay cuts out for one: version, seed and tag, then what all share
  const received = Uint8Array.from([
    0x22,
    ...upload.subarray(SEED_AT, AFTER_RECIPIENT),
    ...upload.subarray(AFTER_RECIPIENT),
  ])
  return [
    {
      name: 'sealed sender, version 2',
      corpus: [received],
      decode: (input) =>
        sealedSenderOpen(input, {
          identity: bob.identity,
          local: BOB,
          trustRoots: [root],
          receivedAtMs: NOW_MS,
        }),
    },
  ]
}
