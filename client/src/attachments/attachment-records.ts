/** Photos on this device, and uploads that are not finished. Types only. */

/** Key: message id. */
export interface PhotoRecord {
  /** JPEG without metadata. */
  bytes: Uint8Array
}

/** Key: message id. Encrypting again would make another key: this very ciphertext is uploaded, over restarts too. */
export interface UploadRecord {
  ciphertext: Uint8Array
  key: Uint8Array
  digest: Uint8Array
  plaintextBytes: number
  /** Where the relay wants it, once it said so. */
  url?: string
}
