export { decryptAttachment, decryptAttachmentBytes } from './decrypt.ts'
export { type ByteSource, encryptAttachment, encryptAttachmentBytes } from './encrypt.ts'
export {
  ATTACHMENT_MAX_BYTES,
  ATTACHMENT_MAX_CIPHERTEXT_BYTES,
  type AttachmentPointer,
  attachmentCiphertextLength,
} from './layout.ts'
