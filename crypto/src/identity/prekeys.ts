/**
 * Prekeys: what a device publishes so that others can open sessions while it is away, and the records it keeps of the
 * private halves, in libsignal's stored form.
 *
 * Source: libsignal `storage.proto`, PreKeyRecordStructure and SignedPreKeyRecordStructure.
 */
import { CryptoError } from '../errors.ts'
import { clampPrivateKey, type KeyPair, parsePublicKey } from '../primitives/curve.ts'
import { makeKeyPair } from '../primitives/key-agreement.ts'
import {
  generateKyberKeyPair,
  KYBER_SECRET_KEY_LENGTH,
  type KyberKeyPair,
  requireKyberPublicKey,
} from '../primitives/kyber1024.ts'
import { SIGNATURE_LENGTH, signXeddsa } from '../primitives/xeddsa.ts'
import { writeNumber } from '../wire/proto3.ts'
import { ProtobufWriter, readProtobuf } from '../wire/protobuf.ts'
import { readStored } from '../wire/stored.ts'

const RECORD_LIMITS = { maxLength: 8_192 }
/** Ids are stored as signed 32-bit numbers by libsignal. */
export const MAX_PREKEY_ID = 0x7fff_ffff

/** What a sender fetches from the relay about one device. */
export interface PreKeyBundle {
  readonly registrationId: number
  readonly deviceId: number
  /** 33 bytes. */
  readonly identityKey: Uint8Array
  readonly signedPreKey: SignedPublicPreKey
  readonly preKey?: PublicPreKey | undefined
  /** Its public key has 1569 bytes. */
  readonly kyberPreKey: SignedPublicPreKey
}

export interface PublicPreKey {
  readonly id: number
  readonly publicKey: Uint8Array
}

export interface SignedPublicPreKey extends PublicPreKey {
  /** 64 bytes, by the identity key over the serialised public key. */
  readonly signature: Uint8Array
}

export interface GeneratedPreKey<Public extends PublicPreKey> {
  /** For the device's store. */
  readonly record: Uint8Array
  /** For the relay. */
  readonly public: Public
}

/** A one-time prekey. @throws CryptoError `invalid_argument` for an id outside 0 … 2^31 − 1 */
export async function generatePreKeyRecord(id: number): Promise<GeneratedPreKey<PublicPreKey>> {
  requirePreKeyId(id)
  const { publicKey, privateKey } = await makeKeyPair()
  const writer = new ProtobufWriter()
  writeNumber(writer, 1, id)
  return { record: writer.bytes(2, publicKey).bytes(3, privateKey).finish(), public: { id, publicKey } }
}

export async function generateSignedPreKeyRecord(
  id: number,
  identity: KeyPair,
  nowMs: number,
): Promise<GeneratedPreKey<SignedPublicPreKey>> {
  const { publicKey, privateKey } = await makeKeyPair()
  return signedRecord(id, publicKey, privateKey, identity, nowMs)
}

/** A Kyber1024 prekey, one-time or last-resort. */
export async function generateKyberPreKeyRecord(
  id: number,
  identity: KeyPair,
  nowMs: number,
): Promise<GeneratedPreKey<SignedPublicPreKey>> {
  const { publicKey, secretKey } = generateKyberKeyPair()
  return signedRecord(id, publicKey, secretKey, identity, nowMs)
}

/** @throws CryptoError `invalid_prekey` on a damaged record, as the two below */
export function readPreKeyRecord(record: Uint8Array): KeyPair {
  return readStored('invalid_prekey', () => readCurvePair(record))
}

export function readSignedPreKeyRecord(record: Uint8Array): KeyPair {
  return readStored('invalid_prekey', () => readCurvePair(record))
}

export function readKyberPreKeyRecord(record: Uint8Array): KyberKeyPair {
  return readStored('invalid_prekey', () => readKyberPair(record))
}

/** @throws CryptoError `invalid_argument` */
export function requirePreKeyId(id: number): void {
  if (!Number.isInteger(id) || id < 0 || id > MAX_PREKEY_ID) {
    throw new CryptoError('invalid_argument', 'prekey id is out of range')
  }
}

function readKyberPair(record: Uint8Array): KyberKeyPair {
  const fields = readProtobuf(record, RECORD_LIMITS)
  const publicKey = fields.requireBytes(2)
  requireKyberPublicKey(publicKey)
  return { publicKey, secretKey: fields.requireBytes(3, KYBER_SECRET_KEY_LENGTH) }
}

function readCurvePair(record: Uint8Array): KeyPair {
  const fields = readProtobuf(record, RECORD_LIMITS)
  const publicKey = parsePublicKey(fields.requireBytes(2))
  return { publicKey, privateKey: clampPrivateKey(fields.requireBytes(3)) }
}

function signedRecord(
  id: number,
  publicKey: Uint8Array,
  privateKey: Uint8Array,
  identity: KeyPair,
  nowMs: number,
): GeneratedPreKey<SignedPublicPreKey> {
  requirePreKeyId(id)
  const signature = signXeddsa(identity.privateKey, publicKey)
  if (signature.length !== SIGNATURE_LENGTH)
    throw new CryptoError('invalid_argument', 'signature is not 64 bytes')
  const writer = new ProtobufWriter()
  writeNumber(writer, 1, id)
  writer.bytes(2, publicKey).bytes(3, privateKey).bytes(4, signature)
  if (nowMs > 0) writer.fixed64(5, BigInt(Math.floor(nowMs)))
  return { record: writer.finish(), public: { id, publicKey, signature } }
}
