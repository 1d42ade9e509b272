/**
 * Encrypting for one device with the current session.
 *
 * Source: libsignal `rust/protocol/src/session_management.rs`.
 *
 * Not concerned with opening sessions (`open-session.ts`), padding, or sealed sender.
 */
import { CryptoError } from '../errors.ts'
import { encodeAddresses, type ProtocolAddress } from '../identity/address.ts'
import type { ProtocolStores } from '../stores.ts'
import {
  type CiphertextMessage,
  MESSAGE_VERSION,
  PREKEY_TYPE,
  WHISPER_TYPE,
} from '../wire/ciphertext-message.ts'
import { MAX_PLAINTEXT_LENGTH } from '../wire/limits.ts'
import { encodePreKeyMessage, type PreKeyHandshake } from '../wire/prekey-message.ts'
import { decodeSessionRecord, encodeSessionRecord, forgetDecoded } from './session-codec.ts'
import { isUnansweredTooLong } from './session-record.ts'
import type { SessionState } from './session-state.ts'
import { overwriteReplaced } from './spent.ts'
import { encryptWithSession } from './triple-ratchet.ts'

/**
 * Until the peer has answered, the message carries the handshake (type 3), afterwards not (type 2).
 *
 * @throws CryptoError `no_session`, `session_expired` (unanswered for 30 days: fetch a new bundle),
 *   `untrusted_identity`, `too_large`, `invalid_session`, `missing_spqr`; nothing is stored then
 */
export async function encryptMessage(
  plaintext: Uint8Array,
  remote: ProtocolAddress,
  local: ProtocolAddress,
  stores: ProtocolStores,
  nowMs: number,
): Promise<CiphertextMessage> {
  if (plaintext.length > MAX_PLAINTEXT_LENGTH) {
    throw new CryptoError('too_large', 'plaintext is longer than its limit')
  }
  const stored = await stores.loadSession(remote)
  if (!stored) throw new CryptoError('no_session', 'no session with this device')
  const record = decodeSessionRecord(stored)
  if (!record.current) throw new CryptoError('no_session', 'no session with this device')
  const { current } = record
  requireUsable(current, nowMs)
  if (!(await stores.isTrustedIdentity(remote, current.remoteIdentity, 'sending'))) {
    throw new CryptoError('untrusted_identity', 'identity key is not trusted')
  }
  const handshake = pendingHandshake(current)
  const addresses = handshake && encodeAddresses(local, remote)
  const { session, message } = encryptWithSession(current, plaintext, addresses)
  await stores.saveIdentity(remote, current.remoteIdentity)
  await stores.storeSession(remote, encodeSessionRecord({ ...record, current: session }))
  forgetDecoded(stored)
  overwriteReplaced(current, session)
  if (!handshake) return { type: WHISPER_TYPE, body: message }
  return { type: PREKEY_TYPE, body: encodePreKeyMessage(handshake, message) }
}

function requireUsable(session: SessionState, nowMs: number): void {
  if (session.version !== MESSAGE_VERSION) {
    throw new CryptoError('invalid_session', 'session is of another version')
  }
  if (isUnansweredTooLong(session, nowMs)) {
    throw new CryptoError('session_expired', 'session was never answered and is too old')
  }
}

function pendingHandshake(session: SessionState): PreKeyHandshake | undefined {
  const { pendingPreKey, pendingKyberPreKey } = session
  if (!pendingPreKey) return undefined
  if (!pendingKyberPreKey) throw new CryptoError('invalid_session', 'handshake has no post-quantum part')
  return {
    registrationId: session.localRegistrationId,
    preKeyId: pendingPreKey.preKeyId,
    signedPreKeyId: pendingPreKey.signedPreKeyId,
    kyberPreKeyId: pendingKyberPreKey.preKeyId,
    kyberCiphertext: pendingKyberPreKey.ciphertext,
    baseKey: pendingPreKey.baseKey,
    identityKey: session.localIdentity,
  }
}
