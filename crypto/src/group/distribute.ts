/**
 * Handing out sender keys: making one's own, taking in another member's, and starting over when somebody has left.
 *
 * Source: libsignal 0.103.0, `rust/protocol/src/group_cipher.rs`. Rotation is ours: libsignal leaves it to its caller.
 * Not concerned with who is a member, nor with the sessions in which the messages travel.
 */
import { accountIdFromBytes, accountIdToBytes, isAccountId } from '../account-id.ts'
import { CryptoError } from '../errors.ts'
import { type ProtocolAddress, requireAddress } from '../identity/address.ts'
import { randomBytes } from '../primitives/bytes.ts'
import { makeKeyPair } from '../primitives/key-agreement.ts'
import type { SenderKeyStore } from '../stores.ts'
import { decodeDistributionMessage, encodeDistributionMessage } from './distribution-message.ts'
import {
  addState,
  decodeSenderKeyRecord,
  encodeSenderKeyRecord,
  type SenderKeyState,
} from './sender-key-record.ts'

const RETIRED = encodeSenderKeyRecord([])

/**
 * The message that gives this device's sender key to a member; the key is made on first use. Messages sent before are
 * not readable with it. To be encrypted for each device of each member.
 *
 * @param distributionId a lower-case UUID of the sender's own choosing
 * @throws CryptoError `invalid_argument`, `invalid_sender_key`, `sender_key_retired`
 */
export async function createSenderKeyDistributionMessage(
  sender: ProtocolAddress,
  distributionId: string,
  store: SenderKeyStore,
): Promise<Uint8Array> {
  requireDistribution(sender, distributionId)
  const stored = await store.loadSenderKey(sender, distributionId)
  if (!stored) {
    const state = await newSenderKey()
    await store.storeSenderKey(sender, distributionId, encodeSenderKeyRecord([state]))
    return encodeDistributionMessage(accountIdToBytes(distributionId), state)
  }
  const [state] = decodeSenderKeyRecord(stored)
  if (!state) throw new CryptoError('sender_key_retired', 'this distribution was retired')
  return encodeDistributionMessage(accountIdToBytes(distributionId), state)
}

/**
 * Takes in what a member handed out, and gives the distribution's id. The sender must be the one that the session
 * proved. A chain that is known already is kept as it is, so that a repeated message rolls nothing back.
 *
 * @throws CryptoError `malformed`, `too_large`, `legacy_version`, `unsupported_version`, `invalid_key`,
 *   `invalid_argument`, `invalid_sender_key`; nothing is stored then
 */
export async function processSenderKeyDistributionMessage(
  sender: ProtocolAddress,
  message: Uint8Array,
  store: SenderKeyStore,
): Promise<string> {
  requireAddress(sender)
  const { distributionId, state } = decodeDistributionMessage(message)
  const stored = await store.loadSenderKey(sender, distributionId)
  const record = addState(stored ? decodeSenderKeyRecord(stored) : [], state)
  await store.storeSenderKey(sender, distributionId, encodeSenderKeyRecord(record))
  return distributionId
}

export interface RotatedSenderKey {
  /** Lower-case UUID, fresh: messages go under this one from now on. */
  readonly distributionId: string
  /** For every member that remains. */
  readonly distributionMessage: Uint8Array
}

/**
 * Starts over under a new distribution after somebody left, and retires the old one: who left holds its chain key and
 * would read whatever else was sent there.
 *
 * @throws CryptoError `invalid_argument`
 */
export async function rotateSenderKey(
  sender: ProtocolAddress,
  previousDistributionId: string,
  store: SenderKeyStore,
): Promise<RotatedSenderKey> {
  requireDistribution(sender, previousDistributionId)
  const distributionId = randomDistributionId()
  const distributionMessage = await createSenderKeyDistributionMessage(sender, distributionId, store)
  await retireSenderKey(sender, previousDistributionId, store)
  return { distributionId, distributionMessage }
}

/**
 * Forgets every key of a distribution: one's own after rotation, or that of a member who left. Sending under it is
 * refused from then on; a member who hands it out again is heard again.
 *
 * @throws CryptoError `invalid_argument`
 */
export async function retireSenderKey(
  sender: ProtocolAddress,
  distributionId: string,
  store: SenderKeyStore,
): Promise<void> {
  requireDistribution(sender, distributionId)
  await store.storeSenderKey(sender, distributionId, RETIRED)
}

/** @throws CryptoError `invalid_argument` */
export function requireDistribution(sender: ProtocolAddress, distributionId: string): void {
  requireAddress(sender)
  if (!isAccountId(distributionId)) {
    throw new CryptoError('invalid_argument', 'distribution id is not a lower-case UUID')
  }
}

async function newSenderKey(): Promise<SenderKeyState> {
  const signing = await makeKeyPair()
  return {
    chainId: randomChainId(),
    chainKey: { iteration: 0, seed: randomBytes(32) },
    signingPublicKey: signing.publicKey,
    signingPrivateKey: signing.privateKey,
    keptKeys: [],
  }
}

// 31 bits: libsignal's Java side keeps it in a signed number
function randomChainId(): number {
  return new DataView(randomBytes(4).buffer).getUint32(0) >>> 1
}

// a random UUID of version 4 (RFC 9562, section 5.4)
function randomDistributionId(): string {
  const bytes = randomBytes(16)
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  return accountIdFromBytes(bytes)
}
