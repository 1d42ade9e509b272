/**
 * Handing a session over to another engine of the same device, and taking one: a move, never a copy. Two engines that went
 * on from one state would use the same keys twice.
 *
 * The bytes are libsignal's own form (`storage.proto`, RecordStructure). What stays behind has the same form with one field
 * that libsignal does not know: to it the record is empty, here it is refused until a session comes back.
 *
 * Not concerned with prekeys and identity keys, which the other engine must hold already.
 */
import { CryptoError } from '../errors.ts'
import { type ProtocolAddress, requireAddress } from '../identity/address.ts'
import { bytesEqual } from '../primitives/bytes.ts'
import type { IdentityKeyStore, SessionStore } from '../stores.ts'
import {
  decodeSession,
  decodeSessionRecord,
  encodeMovedRecord,
  encodeSessionRecord,
  forgetDecoded,
  isMovedRecord,
} from './session-codec.ts'
import type { SessionRecord, SessionState } from './session-state.ts'
import { decodeSpqrState } from './spqr/state-codec.ts'

/**
 * Disables the sessions with a device and gives their bytes. From then on everything here refuses that device with
 * `session_moved`. The store's commit must be durable before the bytes are handed on.
 *
 * @throws CryptoError `no_session`, `session_moved` (they were handed over before), `invalid_session`; nothing is stored then
 */
export async function exportSession(store: SessionStore, remote: ProtocolAddress): Promise<Uint8Array> {
  requireAddress(remote)
  const stored = await store.loadSession(remote)
  if (!stored) throw new CryptoError('no_session', 'no session with this device')
  requireReadable(decodeSessionRecord(stored))
  const bytes = stored.slice()
  await store.storeSession(remote, encodeMovedRecord())
  forgetDecoded(stored)
  return bytes
}

export interface ImportOptions {
  /** Whether a session that is in use here may be lost for the one that comes. */
  readonly replaceLive?: boolean
}

/**
 * Takes sessions over whose source was disabled.
 *
 * @param record libsignal's serialised form
 * @throws CryptoError `invalid_session` (damaged, or of another identity than this device's), `missing_spqr` (no
 *   post-quantum ratchet), `session_exists` when one is in use here; nothing is stored then
 */
export async function importSession(
  store: SessionStore & Pick<IdentityKeyStore, 'getIdentityKeyPair'>,
  remote: ProtocolAddress,
  record: Uint8Array,
  { replaceLive = false }: ImportOptions = {},
): Promise<void> {
  requireAddress(remote)
  const taken = decodeSessionRecord(record.slice())
  const sessions = requireReadable(taken)
  const { publicKey } = await store.getIdentityKeyPair()
  if (sessions.some(({ localIdentity }) => !bytesEqual(localIdentity, publicKey))) {
    throw new CryptoError('invalid_session', 'session belongs to another identity')
  }
  const stored = await store.loadSession(remote)
  if (stored && !replaceLive && isLive(stored)) {
    throw new CryptoError('session_exists', 'a session with this device is in use')
  }
  await store.storeSession(remote, encodeSessionRecord(taken))
  if (stored) forgetDecoded(stored)
}

// all of it, so that damage shows before the source is lost
function requireReadable({ current, archived }: SessionRecord): SessionState[] {
  const sessions = archived.map(decodeSession)
  if (current) sessions.push(current)
  if (sessions.length === 0) throw new CryptoError('no_session', 'record holds no session')
  // an archived session may be older than the post-quantum ratchet: it is never used
  for (const session of sessions)
    if (session === current || session.pqRatchet.length > 0) decodeSpqrState(session.pqRatchet)
  return sessions
}

function isLive(stored: Uint8Array): boolean {
  if (isMovedRecord(stored)) return false
  const { current, archived } = decodeSessionRecord(stored)
  return current !== undefined || archived.length > 0
}
