/**
 * The one error class of this package. A code says which rule refused the input; messages are fixed sentences and
 * never carry a key, a plaintext, an address or any other value of a person.
 *
 * Not concerned with: what a caller does about a refusal (retry, archive, show).
 */

export type CryptoErrorCode =
  // keys and primitives
  | 'invalid_key'
  | 'invalid_key_agreement'
  | 'invalid_argument'
  | 'invalid_ciphertext'
  // framing
  | 'malformed'
  | 'too_large'
  | 'unsupported_version'
  | 'legacy_version'
  // prekeys and handshake
  | 'bad_prekey_signature'
  | 'missing_kyber_prekey'
  | 'unknown_prekey'
  | 'unknown_signed_prekey'
  | 'unknown_kyber_prekey'
  | 'reused_base_key'
  | 'untrusted_identity'
  | 'device_mismatch'
  | 'invalid_prekey'
  // sessions
  | 'no_session'
  | 'session_expired'
  | 'session_moved'
  | 'session_exists'
  | 'invalid_session'
  | 'duplicate_message'
  | 'too_far_in_future'
  | 'bad_mac'
  | 'wrong_addresses'
  | 'missing_spqr'
  | 'spqr_failed'
  | 'spqr_out_of_range'
  // sender keys
  | 'no_sender_key'
  | 'invalid_sender_key'
  | 'sender_key_retired'
  | 'bad_sender_key_signature'
  | 'sender_chain_exhausted'
  // sealed sender
  | 'sender_key_mismatch'
  | 'sender_certificate_expired'
  | 'sender_certificate_forged'
  | 'sender_certificate_untrusted'
  | 'server_certificate_revoked'
  | 'server_certificate_unknown'
  | 'self_send'
  | 'invalid_registration_id'
  // safety numbers
  | 'fingerprint_version'
  // retry
  | 'not_encrypted'
  // attachments
  | 'attachment_too_large'
  | 'attachment_malformed'
  | 'attachment_truncated'
  | 'attachment_tampered'
  | 'attachment_digest_mismatch'
  // linking a device
  | 'provisioning_expired'
  | 'provisioning_out_of_order'
  | 'provisioning_commitment_broken'
  // records
  | 'record_not_canonical'
  | 'record_forged'
  | 'record_wrong_kind'
  | 'record_wrong_party'
  // backups
  | 'backup_malformed'
  | 'backup_wrong_key'
  | 'backup_tampered'
  | 'backup_rolled_back'
  | 'backup_costly'
  | 'recovery_key_mistyped'

/** Thrown by every function of this package; `code` is stable, the message is for developers. */
export class CryptoError extends Error {
  override readonly name = 'CryptoError'
  readonly code: CryptoErrorCode

  constructor(code: CryptoErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
