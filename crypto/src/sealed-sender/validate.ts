/**
 * Whether a sender certificate is to be believed: the chain from a trust root over the server's key, and the expiry.
 *
 * Source: libsignal 0.103.0, `SenderCertificate::validate_with_trust_roots`; the order of the checks is the same, and
 * each refusal has a code where libsignal only says no.
 * Not concerned with whether the sender holds the key it names: opening the sealed message shows that (`open.ts`).
 */
import { CryptoError } from '../errors.ts'
import { checkSignature } from '../primitives/signature-check.ts'
import { parseSenderCertificate, parseServerCertificate, type ServerCertificate } from './certificate.ts'

/** The id with which libsignal tests revocation; never used by a real server key. */
const REVOKED_FOR_TESTS = 0xdeadc357

export interface CertificateKnowledge {
  /** Server certificates that a sender certificate may name by id instead of carrying, serialised. None by default. */
  readonly knownServerCertificates?: ReadonlyMap<number, Uint8Array>
  readonly revokedServerKeyIds?: ReadonlySet<number>
}

export interface ValidatedSender {
  /** Lower-case UUID. */
  readonly senderUuid: string
  /** 1–127. */
  readonly senderDeviceId: number
  /** 33 bytes, 0x05 first. */
  readonly senderIdentityKey: Uint8Array
  readonly expiresAtMs: number
}

/**
 * Checks a serialised sender certificate. `trustRoots` are 33-byte public keys, one of which must have signed the
 * server's. `validationTimeMs` is the relay's receipt time: a message that waited is judged by when it was sent.
 *
 * @throws CryptoError `malformed`, `too_large`, `invalid_key`, `server_certificate_unknown`,
 *   `server_certificate_revoked`, `sender_certificate_untrusted` (no trust root signed the server's),
 *   `sender_certificate_forged` (the server key did not sign), `sender_certificate_expired`
 */
export async function validateSenderCertificate(
  certificate: Uint8Array,
  trustRoots: readonly Uint8Array[],
  validationTimeMs: number,
  knowledge: CertificateKnowledge = {},
): Promise<ValidatedSender> {
  const sender = parseSenderCertificate(certificate)
  const server = 'knownId' in sender.signer ? lookUp(sender.signer.knownId, knowledge) : sender.signer
  await checkServer(server, trustRoots, knowledge)
  if (!(await checkSignature(server.key, sender.signed, sender.signature))) {
    throw new CryptoError('sender_certificate_forged', 'the server key did not sign the sender certificate')
  }
  // written so that a time that is no number counts as expired
  if (!(validationTimeMs <= sender.expiresAtMs)) {
    throw new CryptoError('sender_certificate_expired', 'the sender certificate has expired')
  }
  const { senderUuid, senderDeviceId, senderIdentityKey, expiresAtMs } = sender
  return { senderUuid, senderDeviceId, senderIdentityKey, expiresAtMs }
}

function lookUp(keyId: number, knowledge: CertificateKnowledge): ServerCertificate {
  const known = knowledge.knownServerCertificates?.get(keyId)
  if (known === undefined) {
    throw new CryptoError('server_certificate_unknown', 'the server certificate that is named is not known')
  }
  return parseServerCertificate(known)
}

async function checkServer(
  server: ServerCertificate,
  trustRoots: readonly Uint8Array[],
  knowledge: CertificateKnowledge,
): Promise<void> {
  if (server.keyId === REVOKED_FOR_TESTS || knowledge.revokedServerKeyIds?.has(server.keyId)) {
    throw new CryptoError('server_certificate_revoked', 'the server key has been revoked')
  }
  // every root is tried, so that the time does not tell which one signed
  const signedBy = await Promise.all(
    trustRoots.map((root) => checkSignature(root, server.signed, server.signature)),
  )
  if (!signedBy.includes(true)) {
    throw new CryptoError('sender_certificate_untrusted', 'no trust root signed the server certificate')
  }
}
