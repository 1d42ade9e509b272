export { decryptAttachment } from './decrypt.ts'
export { type ByteSource, encryptAttachment } from './encrypt.ts'
export { decryptAttachmentBytes, encryptAttachmentBytes } from './in-memory.ts'
export {
  ATTACHMENT_MAX_BYTES,
  ATTACHMENT_MAX_CIPHERTEXT_BYTES,
  type AttachmentPointer,
  attachmentCiphertextLength,
} from './layout.ts'
