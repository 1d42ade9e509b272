export {
  CONTENT_HINT,
  parseUnidentifiedSenderContent,
  type SealedMessageType,
  serializeUnidentifiedSenderContent,
  type UnidentifiedSenderContent,
} from './content.ts'
export { sealedSenderV2Decrypt } from './multi-recipient-open.ts'
export {
  type MultiRecipientSealInput,
  type SealedRecipient,
  sealedSenderMultiRecipientEncrypt,
} from './multi-recipient-seal.ts'
export { isSelfSend, type OpenedMessage, sealedSenderDecryptToUsmc, sealedSenderOpen } from './open.ts'
export { type SealInput, sealedSenderEncrypt } from './seal.ts'
export { type CertificateKnowledge, type ValidatedSender, validateSenderCertificate } from './validate.ts'
