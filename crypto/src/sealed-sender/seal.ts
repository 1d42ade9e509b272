/**
 * Seals a message so that its envelope does not name the sender: sealed sender, version 1.
 *
 * Source: libsignal 0.103.0, `sealed_sender_encrypt_from_usmc`. Bytes: 0x11, then a protobuf of the ephemeral key (1),
 * the sender's identity key under the outer keys (2) and the content under the inner ones (3).
 * Not concerned with whether the recipient's identity key is trusted: the caller checked that when it encrypted.
 */
import { concatBytes, wipe } from '../primitives/bytes.ts'
import { type KeyPair, parsePublicKey } from '../primitives/curve.ts'
import { makeKeyPair } from '../primitives/key-agreement.ts'
import { ProtobufWriter } from '../wire/protobuf.ts'
import { CONTENT_HINT, type SealedMessageType, serializeUnidentifiedSenderContent } from './content.ts'
import { deriveEphemeralKeys, deriveStaticKeys, encryptLayer } from './keys.ts'

export const SEALED_SENDER_V1 = 0x11

export interface SealInput {
  /** What `encryptMessage` gave, or a retry's plaintext content (type 8). */
  readonly message: { readonly type: SealedMessageType; readonly body: Uint8Array }
  /** The sender's certificate as the relay issued it. */
  readonly senderCertificate: Uint8Array
  /** One of `CONTENT_HINT`; absent means default. */
  readonly contentHint?: number
  readonly groupId?: Uint8Array
  /** 33 bytes, 0x05 first. */
  readonly recipientIdentityKey: Uint8Array
  readonly senderIdentity: KeyPair
}

/**
 * The sealed bytes. Sealing the same message again gives other bytes.
 *
 * @throws CryptoError `invalid_key`, `invalid_key_agreement` (a recipient's key of small order)
 */
export async function sealedSenderEncrypt(input: SealInput): Promise<Uint8Array> {
  return sealContent(
    serializeUnidentifiedSenderContent({
      messageType: input.message.type,
      senderCertificate: input.senderCertificate,
      contents: input.message.body,
      contentHint: input.contentHint ?? CONTENT_HINT.default,
      ...(input.groupId === undefined ? {} : { groupId: input.groupId }),
    }),
    input,
  )
}

/** Seals content that is serialised already. */
export async function sealContent(
  content: Uint8Array,
  keys: { readonly recipientIdentityKey: Uint8Array; readonly senderIdentity: KeyPair },
): Promise<Uint8Array> {
  const recipientIdentityKey = parsePublicKey(keys.recipientIdentityKey)
  const ephemeral = await makeKeyPair()
  const outer = await deriveEphemeralKeys({
    ours: ephemeral,
    theirPublicKey: recipientIdentityKey,
    recipientIdentityKey,
    ephemeralKey: ephemeral.publicKey,
  })
  const encryptedStatic = encryptLayer(outer, keys.senderIdentity.publicKey)
  const inner = await deriveStaticKeys({
    ours: keys.senderIdentity,
    theirPublicKey: recipientIdentityKey,
    chainKey: outer.chainKey,
    encryptedStatic,
  })
  wipe(ephemeral.privateKey)
  const body = new ProtobufWriter()
    .bytes(1, ephemeral.publicKey)
    .bytes(2, encryptedStatic)
    .bytes(3, encryptLayer(inner, content))
    .finish()
  return concatBytes(Uint8Array.of(SEALED_SENDER_V1), body)
}
