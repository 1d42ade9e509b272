export {
  type DecryptionErrorMessage,
  describeFailure,
  type FailedMessage,
  fromPlaintextContent,
  parseDecryptionErrorMessage,
  serializeDecryptionErrorMessage,
  toPlaintextContent,
} from './decryption-error.ts'
