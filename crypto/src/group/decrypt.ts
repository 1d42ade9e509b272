/**
 * Decrypting what a member sent to the group: signature first, then the chain, keeping the keys of messages that were
 * skipped.
 *
 * Source: libsignal 0.103.0, `rust/protocol/src/group_cipher.rs`. As there, the signature is verified before the chain
 * moves, so nobody but the sender can make a receiver work or lose keys.
 */
import { CryptoError } from '../errors.ts'
import { type ProtocolAddress, requireAddress } from '../identity/address.ts'
import { decryptAesCbc } from '../primitives/aes.ts'
import { wipe } from '../primitives/bytes.ts'
import { checkSignature } from '../primitives/signature-check.ts'
import type { SenderKeyStore } from '../stores.ts'
import {
  cipherKeysOf,
  messageKeyAt,
  nextChainKey,
  type SenderChainKey,
  type SenderMessageKey,
} from './sender-chain.ts'
import { decodeSenderKeyMessage } from './sender-key-message.ts'
import {
  decodeSenderKeyRecord,
  encodeSenderKeyRecord,
  MAX_KEPT_SENDER_KEYS,
  replaceState,
  type SenderKeyState,
} from './sender-key-record.ts'

/** Messages that may be missing before one; beyond that it is refused. */
export const MAX_SENDER_KEY_JUMP = 25_000

/**
 * The plaintext of a group message from a device that handed out its sender key. Two calls for the same sender and
 * distribution must not overlap.
 *
 * @param sender the device as the seal or the session proved it
 * @throws CryptoError `malformed`, `too_large`, `legacy_version`, `unsupported_version`; `no_sender_key` (ask the
 *   sender for it: retry), `bad_sender_key_signature`, `duplicate_message` (or too late), `too_far_in_future`,
 *   `sender_chain_exhausted`, `invalid_ciphertext`, `invalid_sender_key`, `invalid_argument`. Nothing is stored then.
 */
export async function groupDecrypt(
  sender: ProtocolAddress,
  store: SenderKeyStore,
  message: Uint8Array,
): Promise<Uint8Array> {
  requireAddress(sender)
  const { distributionId, chainId, iteration, ciphertext, signed, signature } =
    decodeSenderKeyMessage(message)
  const stored = await store.loadSenderKey(sender, distributionId)
  const record = stored ? decodeSenderKeyRecord(stored) : []
  const state = record.find((known) => known.chainId === chainId)
  if (!state) throw new CryptoError('no_sender_key', 'the sender key of this message is not held')
  if (!(await checkSignature(state.signingPublicKey, signed, signature))) {
    throw new CryptoError('bad_sender_key_signature', 'the sender key did not sign this message')
  }
  const { next, messageKey } = takeMessageKey(state, iteration)
  const { cipherKey, iv } = cipherKeysOf(messageKey)
  const plaintext = decryptAesCbc(cipherKey, iv, ciphertext)
  wipe(messageKey.seed, cipherKey, iv)
  await store.storeSenderKey(sender, distributionId, encodeSenderKeyRecord(replaceState(record, next)))
  return plaintext
}

interface TakenKey {
  readonly next: SenderKeyState
  /** In a buffer of its own, which the caller overwrites. */
  readonly messageKey: SenderMessageKey
}

function takeMessageKey(state: SenderKeyState, iteration: number): TakenKey {
  const { chainKey, keptKeys } = state
  if (iteration < chainKey.iteration) return takeKeptKey(state, iteration)
  if (iteration - chainKey.iteration > MAX_SENDER_KEY_JUMP) {
    throw new CryptoError('too_far_in_future', 'message skips too many others')
  }
  const { reached, skipped } = skipTo(chainKey, iteration)
  const kept = skipped.length === 0 ? keptKeys : [...keptKeys, ...skipped].slice(-MAX_KEPT_SENDER_KEYS)
  return {
    next: { ...state, chainKey: nextChainKey(reached), keptKeys: kept },
    messageKey: messageKeyAt(reached),
  }
}

function takeKeptKey(state: SenderKeyState, iteration: number): TakenKey {
  const kept = state.keptKeys.find((key) => key.iteration === iteration)
  if (!kept) {
    throw new CryptoError('duplicate_message', 'message was received before, or is too late')
  }
  return {
    next: { ...state, keptKeys: state.keptKeys.filter((key) => key !== kept) },
    messageKey: { iteration, seed: kept.seed.slice() },
  }
}

// only the keys that would be kept are derived
function skipTo(from: SenderChainKey, iteration: number) {
  const skipped: SenderMessageKey[] = []
  let reached = from
  while (reached.iteration < iteration) {
    if (iteration - reached.iteration <= MAX_KEPT_SENDER_KEYS) skipped.push(messageKeyAt(reached))
    const next = nextChainKey(reached)
    // the first one's bytes belong to the store
    if (reached !== from) wipe(reached.seed)
    reached = next
  }
  return { reached, skipped }
}
