/**
 * Decrypting from one device: opens the session that a prekey message offers, tries the sessions of the record, and
 * stores only what has proved genuine.
 *
 * Source: libsignal `rust/protocol/src/session_management.rs`. Stricter than there: a prekey message must carry its
 * addresses, and one for a known session must name that session's identity key.
 */
import { CryptoError } from '../errors.ts'
import type { ProtocolAddress } from '../identity/address.ts'
import { bytesEqual } from '../primitives/bytes.ts'
import type { ProtocolStores } from '../stores.ts'
import { type CiphertextMessage, PREKEY_TYPE, WHISPER_TYPE } from '../wire/ciphertext-message.ts'
import { decodePreKeyMessage, type PreKeySignalMessage } from '../wire/prekey-message.ts'
import { decodeSignalMessage } from '../wire/signal-message.ts'
import { hasReceiverChain } from './double-ratchet.ts'
import { Effort } from './effort.ts'
import { recipientSession } from './open-session.ts'
import { decodeSession, decodeSessionRecord, encodeSessionRecord, forgetDecoded } from './session-codec.ts'
import { EMPTY_RECORD, promoteArchived, promoteByBaseKey, promoteSession } from './session-record.ts'
import type { SessionRecord, SessionState } from './session-state.ts'
import { overwriteReplaced } from './spent.ts'
import { decryptWithSession, type Endpoints, type ReceivedMessage } from './triple-ratchet.ts'

/**
 * @throws CryptoError with the code of the rule that refused: framing (`malformed`, `too_large`, `legacy_version`,
 *   `unsupported_version`, `invalid_key`), handshake (`unknown_…`, `missing_kyber_prekey`, `reused_base_key`,
 *   `untrusted_identity`), session (`no_session`, `duplicate_message`, `too_far_in_future`, `bad_mac`,
 *   `wrong_addresses`, `missing_spqr`, `spqr_failed`, `spqr_out_of_range`). Nothing is stored then.
 */
export async function decryptMessage(
  message: CiphertextMessage,
  remote: ProtocolAddress,
  local: ProtocolAddress,
  stores: ProtocolStores,
): Promise<Uint8Array> {
  const endpoints = { local, remote }
  if (message.type === WHISPER_TYPE) return decryptWhisper(message.body, endpoints, stores)
  if (message.type === PREKEY_TYPE) return decryptPreKey(message.body, endpoints, stores)
  throw new CryptoError('invalid_argument', 'message type is not encrypted')
}

async function decryptWhisper(
  body: Uint8Array,
  endpoints: Endpoints,
  stores: ProtocolStores,
): Promise<Uint8Array> {
  const { remote } = endpoints
  const received = { decoded: decodeSignalMessage(body), serialized: body }
  const stored = await stores.loadSession(remote)
  if (!stored) throw new CryptoError('no_session', 'no session with this device')
  const before = decodeSessionRecord(stored)
  const { record, session, replaced, plaintext } = await decryptWithRecord(before, received, endpoints)
  await requireTrusted(stores, remote, session.remoteIdentity)
  await stores.saveIdentity(remote, session.remoteIdentity)
  await stores.storeSession(remote, encodeSessionRecord(record))
  forgetDecoded(stored)
  overwriteReplaced(replaced, session)
  return plaintext
}

async function decryptPreKey(
  body: Uint8Array,
  endpoints: Endpoints,
  stores: ProtocolStores,
): Promise<Uint8Array> {
  const { remote } = endpoints
  const message = decodePreKeyMessage(body)
  if (!message.signalMessage.addresses) {
    throw new CryptoError('wrong_addresses', 'handshake names no addresses')
  }
  await requireTrusted(stores, remote, message.identityKey)
  const stored = await stores.loadSession(remote)
  const { record, opened } = await selectSession(
    stored ? decodeSessionRecord(stored) : EMPTY_RECORD,
    message,
    endpoints,
    stores,
  )
  const received = { decoded: message.signalMessage, serialized: message.message }
  // the handshake names its session: the archive is not tried
  const replaced = requireCurrent(record)
  const effort = Effort.forCurrentSession()
  const { session, plaintext } = await decryptWithSession(replaced, received, endpoints, effort)
  if (opened) {
    await stores.markKyberPreKeyUsed(message.kyberPreKeyId, message.signedPreKeyId, message.baseKey)
    if (message.preKeyId !== undefined) await stores.removePreKey(message.preKeyId)
  }
  await stores.saveIdentity(remote, message.identityKey)
  await stores.storeSession(remote, encodeSessionRecord({ ...record, current: session }))
  if (stored) forgetDecoded(stored)
  overwriteReplaced(replaced, session)
  return plaintext
}

async function selectSession(
  record: SessionRecord,
  message: PreKeySignalMessage,
  endpoints: Endpoints,
  stores: ProtocolStores,
): Promise<{ record: SessionRecord; opened: boolean }> {
  const known = promoteByBaseKey(record, message.baseKey)
  if (!known) {
    const session = await recipientSession(message, endpoints, stores)
    return { record: promoteSession(record, session), opened: true }
  }
  if (!bytesEqual(requireCurrent(known).remoteIdentity, message.identityKey)) {
    throw new CryptoError('untrusted_identity', 'handshake names another identity key than its session')
  }
  return { record: known, opened: false }
}

interface Decrypted {
  readonly record: SessionRecord
  readonly session: SessionState
  /** What the session was before. */
  readonly replaced: SessionState
  readonly plaintext: Uint8Array
}

// the current session first, then the archive; one that succeeds there becomes the current one
async function decryptWithRecord(
  record: SessionRecord,
  received: ReceivedMessage,
  endpoints: Endpoints,
): Promise<Decrypted> {
  let refusal: unknown
  if (record.current) {
    const effort = Effort.forCurrentSession()
    try {
      const { session, plaintext } = await decryptWithSession(record.current, received, endpoints, effort)
      return { record: { ...record, current: session }, session, replaced: record.current, plaintext }
    } catch (error) {
      refusal = continueUnlessDuplicate(error)
    }
  }
  const effort = Effort.forArchive()
  for (const { position, candidate } of likelyFirst(record, received)) {
    try {
      const { session, plaintext } = await decryptWithSession(candidate, received, endpoints, effort)
      return { record: promoteArchived(record, position, session), session, replaced: candidate, plaintext }
    } catch (error) {
      refusal ??= continueUnlessDuplicate(error)
    }
  }
  throw refusal ?? new CryptoError('no_session', 'no session with this device')
}

interface Candidate {
  readonly position: number
  readonly candidate: SessionState
}

// sessions that know the message's chain come before those that would have to step, so that the effort is not spent
function likelyFirst({ archived }: SessionRecord, { decoded }: ReceivedMessage): Candidate[] {
  const candidates = archived.map((bytes, position) => ({ position, candidate: decodeSession(bytes) }))
  const knowsChain = ({ candidate }: Candidate) => hasReceiverChain(candidate, decoded.ratchetKey)
  return [...candidates.filter(knowsChain), ...candidates.filter((one) => !knowsChain(one))]
}

// a duplicate is known to belong to the session that says so
function continueUnlessDuplicate(error: unknown): CryptoError {
  if (error instanceof CryptoError && error.code !== 'duplicate_message') return error
  throw error
}

function requireCurrent({ current }: SessionRecord): SessionState {
  if (!current) throw new CryptoError('no_session', 'no session with this device')
  return current
}

async function requireTrusted(
  stores: ProtocolStores,
  remote: ProtocolAddress,
  identityKey: Uint8Array,
): Promise<void> {
  if (!(await stores.isTrustedIdentity(remote, identityKey, 'receiving'))) {
    throw new CryptoError('untrusted_identity', 'identity key is not trusted')
  }
}
