/** Targets that only read: bytes in, a value or a code out. */

import { compareSafetyNumber } from '../../src/fingerprint/index.ts'
import { decodeDistributionMessage } from '../../src/group/distribution-message.ts'
import { decodeSenderKeyMessage } from '../../src/group/sender-key-message.ts'
import { decodeSenderKeyRecord } from '../../src/group/sender-key-record.ts'
import {
  readKyberPreKeyRecord,
  readPreKeyRecord,
  readSignedPreKeyRecord,
} from '../../src/identity/prekeys.ts'
import { bytesToHex } from '../../src/primitives/bytes.ts'
import { parsePublicKey } from '../../src/primitives/curve.ts'
import { fromPlaintextContent, parseDecryptionErrorMessage } from '../../src/retry/index.ts'
import { parseSenderCertificate, parseServerCertificate } from '../../src/sealed-sender/certificate.ts'
import { parseUnidentifiedSenderContent } from '../../src/sealed-sender/content.ts'
import { decodeSession, decodeSessionRecord, encodeSessionRecord } from '../../src/session/session-codec.ts'
import { decodeSpqrMessage } from '../../src/session/spqr/message.ts'
import { decodeSpqrState } from '../../src/session/spqr/state-codec.ts'
import { decodePreKeyMessage } from '../../src/wire/prekey-message.ts'
import { readProtobuf } from '../../src/wire/protobuf.ts'
import { decodeSignalMessage } from '../../src/wire/signal-message.ts'
import type { FuzzTarget } from '../engine.ts'
import type { Samples } from './samples.ts'

export function decoderTargets(samples: Samples): FuzzTarget[] {
  const target = (
    name: string,
    corpus: readonly Uint8Array[],
    decode: (input: Uint8Array) => unknown,
  ): FuzzTarget => ({ name, corpus, decode })
  return [
    target('protobuf', [...samples.certificates, ...samples.whisperParts], (input) =>
      readProtobuf(input, { maxLength: 100_000 }),
    ),
    target('public key', samples.publicKeys, parsePublicKey),
    target('signal message', samples.whisperBodies, decodeSignalMessage),
    target('prekey message', samples.preKeyBodies, decodePreKeyMessage),
    target('spqr message', samples.spqrMessages, decodeSpqrMessage),
    target('spqr state', samples.spqrStates, decodeSpqrState),
    target('session', samples.sessions, decodeSession),
    target('session record', samples.sessionRecords, (input) => {
      // what was read can be written, and read again as the same
      const record = decodeSessionRecord(input)
      const bytes = encodeSessionRecord(record)
      if (
        bytesToHex(encodeSessionRecord(decodeSessionRecord(Uint8Array.from(bytes)))) !== bytesToHex(bytes)
      ) {
        throw new Error('a record changes when it is written again')
      }
    }),
    target('prekey record', samples.preKeyRecords, readPreKeyRecord),
    target('signed prekey record', samples.signedPreKeyRecords, readSignedPreKeyRecord),
    target('kyber prekey record', samples.kyberPreKeyRecords, readKyberPreKeyRecord),
    target('sender certificate', samples.certificates, parseSenderCertificate),
    target('server certificate', samples.serverCertificates, parseServerCertificate),
    target('sealed content', samples.sealedContents, parseUnidentifiedSenderContent),
    target('sender-key message', samples.senderKeyMessages, decodeSenderKeyMessage),
    target('sender-key distribution', samples.distributions, decodeDistributionMessage),
    target('sender-key record', samples.senderKeyRecords, decodeSenderKeyRecord),
    target('decryption error', samples.decryptionErrors, parseDecryptionErrorMessage),
    target('plaintext content', samples.plaintextContents, fromPlaintextContent),
    target('safety number', [samples.safetyNumber], (input) =>
      compareSafetyNumber(samples.safetyNumber, input),
    ),
  ]
}
