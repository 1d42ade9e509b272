/**
 * Every limit that a client and the relay must agree on. The relay enforces them; clients keep below them.
 * Not concerned with limits inside the sealed content: those are in `content/limits.ts`.
 */
export const limits = {
  /** A sealed envelope for one device, in bytes. */
  envelopeBytes: 96 * 1024,
  /** Devices one submission may address: a device id is 1–127. */
  devicesPerAccount: 10,
  /** An attachment's ciphertext, in bytes: 25 MiB of plaintext, its padding and its chunk tags. */
  attachmentBytes: 27 * 1024 * 1024,
  /** How long the relay keeps an envelope that nobody acknowledged. */
  envelopeLifetimeMs: 30 * 24 * 3600_000,
  /** Attachments outlive every envelope that could name them by a week. */
  attachmentLifetimeMs: 37 * 24 * 3600_000,
  /** How long the relay remembers an idempotency key and what became of it. */
  submissionMemoryMs: 45 * 24 * 3600_000,
  /** One-time prekeys of one kind in one upload, and held per device. */
  oneTimePreKeysPerUpload: 100,
  oneTimePreKeysHeld: 200,
  /** Unacknowledged envelopes the relay keeps in flight to one device. */
  deliveryWindowEnvelopes: 64,
  deliveryWindowBytes: 1024 * 1024,
  /** Envelopes in one `deliver`: socket.io's parser takes at most ten binary parts in a packet. */
  envelopesPerDelivery: 10,
  /** Sequences in one `acknowledge`, idempotency keys in one `outcomes`. */
  acknowledgementsPerRequest: 256,
  outcomesPerRequest: 100,
  /** Envelopes queued for one device before the relay refuses more with `queue_full`. */
  queuedEnvelopesPerDevice: 10_000,
  /** A JSON request body, in bytes. */
  jsonBodyBytes: 512 * 1024,
  directoryQueryChars: 120,
  directoryPageRows: 50,
  /** Why somebody was admitted, refused or revoked. */
  guaranteeReasonChars: 300,
  passwordMinChars: 12,
  passwordMaxChars: 200,
} as const
