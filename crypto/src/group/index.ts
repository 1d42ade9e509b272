export { groupDecrypt } from './decrypt.ts'
export {
  createSenderKeyDistributionMessage,
  processSenderKeyDistributionMessage,
  type RotatedSenderKey,
  retireSenderKey,
  rotateSenderKey,
} from './distribute.ts'
export { type GroupMessage, groupEncrypt, SENDER_KEY_TYPE } from './encrypt.ts'
