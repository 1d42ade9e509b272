/**
 * What is inside an envelope, as a zod schema: text, photo, receipts. The relay never sees any of it.
 * Not concerned with encryption, nor with drawing. A kind or version that this build does not know is shown as
 * such and never dropped (`decode.ts`).
 */
import { z } from 'zod'
import { base64UrlBytes } from '../wire/bytes.ts'
import { attachmentId } from '../wire/ids.ts'
import { contentLimits as limits } from './limits.ts'

/** Drawn by the writer; the same on every device and at every resend: what makes display happen exactly once. */
export const messageId = z.uuid().brand<'MessageId'>()
export type MessageId = z.infer<typeof messageId>

const head = {
  v: z.literal(1),
  id: messageId,
  sentAtMs: z.number().int().nonnegative(),
  /** Sent again because this envelope could not be read: the relay's receipt time of it, as the request named it. */
  resentForMs: z.number().int().nonnegative().optional(),
}

/** What every message that a person writes may carry. */
const written = {
  ...head,
  /** Initials of the patient, chosen by the writer; never a name or a number. */
  patientTag: z.string().trim().min(1).max(limits.patientTagChars).optional(),
  /** Until when the patient can wait. */
  answerByMs: z.number().int().optional(),
  quote: z.object({ messageId, excerpt: z.string().max(limits.excerptChars) }).optional(),
}

export const textMessage = z.object({
  ...written,
  kind: z.literal('text'),
  text: z.string().min(1).max(limits.textChars),
})
export type TextMessage = z.output<typeof textMessage>

/** How to fetch and open an encrypted attachment. */
export const attachmentPointer = z.object({
  attachmentId,
  /** 32 bytes, fresh for this attachment. */
  key: base64UrlBytes(32),
  /** SHA-256 of the ciphertext. */
  digest: base64UrlBytes(32),
  plaintextBytes: z.number().int().positive().max(limits.attachmentPlaintextBytes),
  ciphertextBytes: z.number().int().positive(),
})
export type AttachmentPointer = z.output<typeof attachmentPointer>

export const photoMessage = z.object({
  ...written,
  kind: z.literal('photo'),
  attachment: attachmentPointer,
  mime: z.literal('image/jpeg'),
  width: z.number().int().positive().max(10_000),
  height: z.number().int().positive().max(10_000),
  caption: z.string().max(limits.captionChars).optional(),
  /** A JPEG of at most 64 pixels a side, shown until the photo is there. */
  preview: base64UrlBytes(1, limits.previewBytes).optional(),
})
export type PhotoMessage = z.output<typeof photoMessage>

/** `opened` is sent only by people who turned receipts on. */
export const receipt = z.object({
  ...head,
  kind: z.literal('receipt'),
  state: z.enum(['delivered', 'opened']),
  messageIds: z.array(messageId).min(1).max(limits.receiptIds),
})
export type Receipt = z.output<typeof receipt>

export const content = z.discriminatedUnion('kind', [textMessage, photoMessage, receipt])
export type Content = z.output<typeof content>
/** The kinds that stand in a conversation. */
export type WrittenContent = TextMessage | PhotoMessage
