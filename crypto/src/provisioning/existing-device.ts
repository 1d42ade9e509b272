/**
 * The existing device's half of a linking: scans the offer, commits, reveals, and seals once the person has seen the
 * same digits on both screens. Nothing secret leaves it before `confirmAndSeal`.
 *
 * One object is one attempt, in memory alone. Source: `docs/decisions/0018-linking-a-device.md`.
 * Not concerned with carrying the messages, nor with telling the account's other devices.
 */
import { CryptoError } from '../errors.ts'
import { randomBytes, wipe } from '../primitives/bytes.ts'
import { agree, generateKeyPair, type KeyPair } from '../primitives/curve.ts'
import { encapsulateKyber } from '../primitives/kyber1024.ts'
import { deriveSealingKeys, type ProvisioningContents, sealContents } from './contents.ts'
import {
  type Challenge,
  decodeChallenge,
  encodeCommitment,
  encodeEnvelope,
  encodeReveal,
  NONCE_LENGTH,
} from './messages.ts'
import { type ProvisioningOffer, parseOfferUri } from './offer.ts'
import { commitTo, shortCode, transcriptHash } from './transcript.ts'

type Step =
  | { readonly at: 'committed' }
  | { readonly at: 'revealed'; readonly challenge: Challenge; readonly transcript: Uint8Array }
  | { readonly at: 'over' }

export class ExistingDeviceLinking {
  readonly #offer: ProvisioningOffer
  readonly #ephemeral: KeyPair = generateKeyPair()
  readonly #nonce = randomBytes(NONCE_LENGTH)
  #step: Step = { at: 'committed' }

  /**
   * @param uri what the camera read or the person pasted
   * @throws CryptoError `malformed`, `unsupported_version`, `invalid_key`, `provisioning_expired`
   */
  constructor(uri: string, nowMs: number) {
    this.#offer = parseOfferUri(uri, nowMs)
    // a key of small order is refused here, before anybody compares anything
    agree(this.#ephemeral.privateKey, this.#offer.newDeviceKey)
  }

  /** 16 bytes: where to send. */
  get rendezvous(): Uint8Array {
    return this.#offer.rendezvous
  }

  /** The first message to send. */
  get commitment(): Uint8Array {
    return encodeCommitment(commitTo(this.#offer, this.#reveal))
  }

  /**
   * Takes the new device's challenge.
   *
   * @returns the message to send, and the six digits that the person compares with the new device's screen
   * @throws CryptoError `provisioning_expired`, `provisioning_out_of_order`, `unsupported_version`, `malformed`,
   *   `too_large`
   */
  answerChallenge(message: Uint8Array, nowMs: number): { reveal: Uint8Array; shortCode: string } {
    this.#requireStep('committed', nowMs)
    const challenge = decodeChallenge(message)
    // checks that the Kyber key is one: sealing must not fail after the person has compared
    encapsulateKyber(challenge.kyberKey)
    const transcript = transcriptHash(this.#offer, challenge, this.#reveal)
    this.#step = { at: 'revealed', challenge, transcript }
    return { reveal: encodeReveal(this.#reveal), shortCode: shortCode(transcript) }
  }

  /**
   * Seals the contents; to be called only when the person has said that both screens show the same digits. The attempt
   * is over then.
   *
   * @throws CryptoError `invalid_argument`, `malformed` (account id), `provisioning_expired`, `provisioning_out_of_order`
   */
  confirmAndSeal(contents: ProvisioningContents, nowMs: number): Uint8Array {
    const { challenge, transcript } = this.#requireStep('revealed', nowMs)
    const { ciphertext, sharedSecret } = encapsulateKyber(challenge.kyberKey)
    const agreed = agree(this.#ephemeral.privateKey, this.#offer.newDeviceKey)
    const keys = deriveSealingKeys({ agreed, encapsulated: sharedSecret }, transcript)
    const sealed = sealContents(contents, keys)
    wipe(keys.cipherKey, keys.macKey)
    this.close()
    return encodeEnvelope({ kyberCiphertext: ciphertext, sealed })
  }

  /** Gives up, or cleans up: the ephemeral secrets are overwritten and nothing is taken any more. */
  close(): void {
    this.#step = { at: 'over' }
    wipe(this.#ephemeral.privateKey)
  }

  get #reveal() {
    return { existingDeviceKey: this.#ephemeral.publicKey, nonce: this.#nonce }
  }

  #requireStep<At extends Step['at']>(at: At, nowMs: number): Extract<Step, { at: At }> {
    if (!(nowMs <= this.#offer.expiresAtMs)) {
      throw new CryptoError('provisioning_expired', 'the offer to link a device has expired')
    }
    if (!isAt(this.#step, at)) {
      throw new CryptoError('provisioning_out_of_order', 'this message does not belong here, or came twice')
    }
    return this.#step
  }
}

function isAt<At extends Step['at']>(step: Step, at: At): step is Extract<Step, { at: At }> {
  return step.at === at
}
