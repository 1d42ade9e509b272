/**
 * The new device's half of a linking: shows an offer, answers the commitment, shows the digits, opens the contents.
 *
 * One object is one attempt, in memory alone, and over for good once it was opened, closed, or out of time. A message
 * that is refused leaves it where it was, so junk from the relay does no harm; one that was taken is not taken again.
 *
 * Source: `docs/decisions/0018-linking-a-device.md`. Not concerned with carrying the messages.
 */
import { CryptoError } from '../errors.ts'
import { bytesEqual, randomBytes, wipe } from '../primitives/bytes.ts'
import { agree, generateKeyPair, type KeyPair } from '../primitives/curve.ts'
import { decapsulateKyber, generateKyberKeyPair, type KyberKeyPair } from '../primitives/kyber1024.ts'
import { deriveSealingKeys, openContents, type ProvisioningContents } from './contents.ts'
import {
  type Challenge,
  decodeCommitment,
  decodeEnvelope,
  decodeReveal,
  encodeChallenge,
  NONCE_LENGTH,
} from './messages.ts'
import { OFFER_LIFETIME_MS, offerToUri, type ProvisioningOffer, RENDEZVOUS_LENGTH } from './offer.ts'
import { commitTo, shortCode, transcriptHash } from './transcript.ts'

type Step =
  | { readonly at: 'offered' }
  | { readonly at: 'challenged'; readonly commitment: Uint8Array; readonly challenge: Challenge }
  | { readonly at: 'revealed'; readonly existingDeviceKey: Uint8Array; readonly transcript: Uint8Array }
  | { readonly at: 'over' }

export class NewDeviceLinking {
  readonly #offer: ProvisioningOffer
  readonly #ephemeral: KeyPair
  #kyber: KyberKeyPair | undefined
  #step: Step = { at: 'offered' }

  constructor(nowMs: number) {
    this.#ephemeral = generateKeyPair()
    this.#offer = {
      rendezvous: randomBytes(RENDEZVOUS_LENGTH),
      newDeviceKey: this.#ephemeral.publicKey,
      expiresAtMs: nowMs + OFFER_LIFETIME_MS,
    }
  }

  /** For the QR code. */
  get uri(): string {
    return offerToUri(this.#offer)
  }

  /** 16 bytes: where the relay should pass messages along. */
  get rendezvous(): Uint8Array {
    return this.#offer.rendezvous
  }

  get expiresAtMs(): number {
    return this.#offer.expiresAtMs
  }

  /**
   * Takes the existing device's commitment and gives the challenge to send back.
   *
   * @throws CryptoError `provisioning_expired`, `provisioning_out_of_order`, `unsupported_version`, `malformed`,
   *   `too_large`
   */
  answerCommitment(message: Uint8Array, nowMs: number): Uint8Array {
    this.#requireStep('offered', nowMs)
    const commitment = decodeCommitment(message)
    this.#kyber = generateKyberKeyPair()
    const challenge = { nonce: randomBytes(NONCE_LENGTH), kyberKey: this.#kyber.publicKey }
    this.#step = { at: 'challenged', commitment, challenge }
    return encodeChallenge(challenge)
  }

  /**
   * Takes what the existing device had committed to.
   *
   * @returns six digits, to be shown while the person looks at the existing device
   * @throws CryptoError `provisioning_commitment_broken` when it is not what was committed to;
   *   `provisioning_expired`, `provisioning_out_of_order`, `unsupported_version`, `malformed`, `too_large`, `invalid_key`
   */
  acceptReveal(message: Uint8Array, nowMs: number): string {
    const { commitment, challenge } = this.#requireStep('challenged', nowMs)
    const reveal = decodeReveal(message)
    if (!bytesEqual(commitTo(this.#offer, reveal), commitment)) {
      throw new CryptoError('provisioning_commitment_broken', 'the other device shows what it had not chosen')
    }
    const transcript = transcriptHash(this.#offer, challenge, reveal)
    this.#step = { at: 'revealed', existingDeviceKey: reveal.existingDeviceKey, transcript }
    return shortCode(transcript)
  }

  /**
   * Opens what the existing device sealed after the person had compared the digits there. The attempt is over then.
   *
   * @throws CryptoError `bad_mac`, `unsupported_version`, `malformed`, `too_large`, `invalid_key`,
   *   `invalid_key_agreement`, `provisioning_expired`, `provisioning_out_of_order`
   */
  open(message: Uint8Array, nowMs: number): ProvisioningContents {
    const { existingDeviceKey, transcript } = this.#requireStep('revealed', nowMs)
    const { kyberCiphertext, sealed } = decodeEnvelope(message)
    const kyber = this.#kyber
    if (kyber === undefined) throw outOfOrder()
    const agreed = agree(this.#ephemeral.privateKey, existingDeviceKey)
    const encapsulated = decapsulateKyber(kyber.secretKey, kyberCiphertext)
    const keys = deriveSealingKeys({ agreed, encapsulated }, transcript)
    const contents = openContents(sealed, keys)
    wipe(keys.cipherKey, keys.macKey)
    this.close()
    return contents
  }

  /** Gives up, or cleans up: the ephemeral secrets are overwritten and nothing is taken any more. */
  close(): void {
    this.#step = { at: 'over' }
    wipe(this.#ephemeral.privateKey)
    if (this.#kyber) wipe(this.#kyber.secretKey)
    this.#kyber = undefined
  }

  #requireStep<At extends Step['at']>(at: At, nowMs: number): Extract<Step, { at: At }> {
    if (!(nowMs <= this.#offer.expiresAtMs)) {
      throw new CryptoError('provisioning_expired', 'the offer to link a device has expired')
    }
    if (!isAt(this.#step, at)) throw outOfOrder()
    return this.#step
  }
}

function isAt<At extends Step['at']>(step: Step, at: At): step is Extract<Step, { at: At }> {
  return step.at === at
}

function outOfOrder(): CryptoError {
  return new CryptoError('provisioning_out_of_order', 'this message does not belong here, or came twice')
}
