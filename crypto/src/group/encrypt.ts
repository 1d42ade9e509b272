/**
 * Encrypting once for a whole group, with this device's sender key.
 *
 * Source: libsignal 0.103.0, `rust/protocol/src/group_cipher.rs`.
 * Not concerned with padding, nor with sealing for each member: see `sealed-sender/`.
 */
import { accountIdToBytes } from '../account-id.ts'
import { CryptoError } from '../errors.ts'
import type { ProtocolAddress } from '../identity/address.ts'
import { encryptAesCbc } from '../primitives/aes.ts'
import { wipe } from '../primitives/bytes.ts'
import type { SenderKeyStore } from '../stores.ts'
import { MAX_PLAINTEXT_LENGTH } from '../wire/limits.ts'
import { requireDistribution } from './distribute.ts'
import { cipherKeysOf, messageKeyAt, nextChainKey } from './sender-chain.ts'
import { encodeSenderKeyMessage } from './sender-key-message.ts'
import { decodeSenderKeyRecord, encodeSenderKeyRecord, type SenderKeyState } from './sender-key-record.ts'

/** Number of this kind of message in sealed content. */
export const SENDER_KEY_TYPE = 7

export interface GroupMessage {
  readonly type: typeof SENDER_KEY_TYPE
  readonly body: Uint8Array
}

/**
 * One ciphertext that every member reads who was handed the sender key. Two calls for the same distribution must not
 * overlap: they would use one key twice.
 *
 * @throws CryptoError `no_sender_key` (none was made yet), `sender_key_retired`, `invalid_sender_key` (also: the key
 *   belongs to another device), `sender_chain_exhausted`, `too_large`, `invalid_argument`; nothing is stored then
 */
export async function groupEncrypt(
  sender: ProtocolAddress,
  distributionId: string,
  store: SenderKeyStore,
  plaintext: Uint8Array,
): Promise<GroupMessage> {
  if (plaintext.length > MAX_PLAINTEXT_LENGTH) {
    throw new CryptoError('too_large', 'plaintext is longer than its limit')
  }
  requireDistribution(sender, distributionId)
  const stored = await store.loadSenderKey(sender, distributionId)
  if (!stored) throw new CryptoError('no_sender_key', 'no sender key was made for this distribution')
  const [state, ...others] = decodeSenderKeyRecord(stored)
  if (!state) throw new CryptoError('sender_key_retired', 'this distribution was retired')
  const chainKey = nextChainKey(state.chainKey)
  const body = encryptWith(state, accountIdToBytes(distributionId), plaintext)
  await store.storeSenderKey(
    sender,
    distributionId,
    encodeSenderKeyRecord([{ ...state, chainKey }, ...others]),
  )
  return { type: SENDER_KEY_TYPE, body }
}

function encryptWith(state: SenderKeyState, distributionId: Uint8Array, plaintext: Uint8Array): Uint8Array {
  const { chainId, chainKey, signingPrivateKey } = state
  if (!signingPrivateKey) {
    throw new CryptoError('invalid_sender_key', 'the sender key belongs to another device')
  }
  const messageKey = messageKeyAt(chainKey)
  const { cipherKey, iv } = cipherKeysOf(messageKey)
  const ciphertext = encryptAesCbc(cipherKey, iv, plaintext)
  wipe(messageKey.seed, cipherKey, iv)
  return encodeSenderKeyMessage(
    { distributionId, chainId, iteration: chainKey.iteration, ciphertext },
    signingPrivateKey,
  )
}
