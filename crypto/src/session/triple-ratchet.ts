/**
 * One message of a session: double ratchet and post-quantum ratchet together give its keys; AES-256-CBC and an 8-byte
 * MAC protect it.
 *
 * Source: Signal's Triple Ratchet specification; libsignal `rust/protocol/src/triple_ratchet.rs`.
 *
 * Not concerned with which session is used, nor with trust and storage: see `encrypt.ts` and `decrypt.ts`.
 */
import { CryptoError } from '../errors.ts'
import { encodeAddresses, type ProtocolAddress } from '../identity/address.ts'
import { decryptAesCbc, encryptAesCbc } from '../primitives/aes.ts'
import { bytesEqual, wipe } from '../primitives/bytes.ts'
import { MESSAGE_VERSION } from '../wire/ciphertext-message.ts'
import {
  computeMac,
  encodeSignalMessage,
  type MacKeys,
  type SignalMessage,
  splitMac,
} from '../wire/signal-message.ts'
import { takeMessageSeed } from './double-ratchet.ts'
import type { Effort } from './effort.ts'
import { deriveMessageKeys, type MessageKeys, messageSeed, nextChainKey } from './message-keys.ts'
import { MAX_CHAIN_INDEX, type SessionState } from './session-state.ts'
import { requireLive } from './spent.ts'
import { spqrReceive, spqrSend } from './spqr/spqr.ts'

/** Both ends of the conversation, seen from this device. */
export interface Endpoints {
  readonly local: ProtocolAddress
  readonly remote: ProtocolAddress
}

/**
 * @param addresses the 36-byte addresses, which only messages with a handshake carry
 * @returns the serialised signal message and the session after it
 * @throws CryptoError `invalid_session`, `session_expired` after 2^32 − 1 messages without an answer
 */
export function encryptWithSession(
  session: SessionState,
  plaintext: Uint8Array,
  addresses: Uint8Array | undefined,
): { session: SessionState; message: Uint8Array } {
  requireLive(session)
  const { senderChain } = session
  if (!senderChain) throw new CryptoError('invalid_session', 'session has no sending chain')
  const { chainKey } = senderChain
  if (chainKey.index >= MAX_CHAIN_INDEX)
    throw new CryptoError('session_expired', 'sending chain is at its end')
  const pq = spqrSend(session.pqRatchet)
  const seed = messageSeed(chainKey)
  const keys = deriveMessageKeys(seed, pq.key)
  const message = encodeSignalMessage(
    {
      ratchetKey: senderChain.ratchetKey,
      counter: chainKey.index,
      previousCounter: session.previousCounter,
      ciphertext: encryptAesCbc(keys.cipherKey, keys.iv, plaintext),
      pqRatchet: pq.message,
      addresses,
    },
    { macKey: keys.macKey, senderIdentity: session.localIdentity, receiverIdentity: session.remoteIdentity },
  )
  wipe(seed, pq.key)
  wipeMessageKeys(keys)
  const advanced = { ...senderChain, chainKey: nextChainKey(chainKey) }
  return { session: { ...session, senderChain: advanced, pqRatchet: pq.state }, message }
}

/** A message as decoded and as received. */
export interface ReceivedMessage {
  readonly decoded: SignalMessage
  readonly serialized: Uint8Array
}

/**
 * @returns the plaintext and the session after it; the session given is untouched, whatever happens
 * @throws CryptoError `duplicate_message`, `too_far_in_future`, `bad_mac`, `wrong_addresses`, `missing_spqr`,
 *   `spqr_failed`, `spqr_out_of_range`, `invalid_key_agreement`, `invalid_ciphertext`, `invalid_session`
 */
export async function decryptWithSession(
  session: SessionState,
  { decoded, serialized }: ReceivedMessage,
  endpoints: Endpoints,
  effort: Effort,
): Promise<{ session: SessionState; plaintext: Uint8Array }> {
  if (session.version !== MESSAGE_VERSION) {
    throw new CryptoError('invalid_session', 'session is of another version')
  }
  requireLive(session)
  const selfSession = isSelfSession(session, endpoints)
  const taken = await takeMessageSeed(session, decoded, selfSession, effort)
  requireLive(session)
  const pq = spqrReceive(session.pqRatchet, decoded.pqRatchet, effort)
  const keys = deriveMessageKeys(taken.seed, pq.key)
  try {
    requireMac(serialized, {
      macKey: keys.macKey,
      senderIdentity: session.remoteIdentity,
      receiverIdentity: session.localIdentity,
    })
    requireAddresses(decoded, endpoints)
    const plaintext = decryptAesCbc(keys.cipherKey, keys.iv, decoded.ciphertext)
    const answered = { pendingPreKey: undefined, pendingKyberPreKey: undefined }
    return { session: { ...taken.session, ...answered, pqRatchet: pq.state }, plaintext }
  } finally {
    wipe(taken.seed, pq.key)
    wipeMessageKeys(keys)
  }
}

function wipeMessageKeys({ cipherKey, macKey, iv }: MessageKeys): void {
  wipe(cipherKey, macKey, iv)
}

/** Between two devices of one account: same identity key, same service id. */
export function isSelfSession(
  identities: { readonly localIdentity: Uint8Array; readonly remoteIdentity: Uint8Array },
  { local, remote }: Endpoints,
): boolean {
  return (
    local.serviceId === remote.serviceId && bytesEqual(identities.localIdentity, identities.remoteIdentity)
  )
}

function requireMac(serialized: Uint8Array, keys: MacKeys): void {
  const { signed, mac } = splitMac(serialized)
  if (!bytesEqual(computeMac(signed, keys), mac)) {
    throw new CryptoError('bad_mac', 'message does not authenticate')
  }
}

function requireAddresses({ addresses }: SignalMessage, { local, remote }: Endpoints): void {
  if (addresses && !bytesEqual(addresses, encodeAddresses(remote, local))) {
    throw new CryptoError('wrong_addresses', 'message is addressed otherwise')
  }
}
