/** Limits inside the sealed content; the recipient enforces them, for the relay cannot. */
export const contentLimits = {
  textChars: 8_000,
  captionChars: 1_000,
  excerptChars: 140,
  patientTagChars: 12,
  previewBytes: 3 * 1024,
  attachmentPlaintextBytes: 25 * 1024 * 1024,
  receiptIds: 100,
} as const
