/**
 * Whether two settings are the halves of one VAPID key (RFC 8292: ECDSA on P-256): a wrong one would only show when the
 * first push fails. Not concerned with what they are for.
 */
import { createECDH } from 'node:crypto'

/** `publicKey`: base64url of 65 bytes; `privateKey`: of 32. */
export function areVapidKeys(keys: { publicKey: string; privateKey: string }): boolean {
  const [publicKey, privateKey] = [decode(keys.publicKey), decode(keys.privateKey)]
  if (publicKey?.length !== 65 || privateKey?.length !== 32) return false
  const pair = createECDH('prime256v1')
  try {
    pair.setPrivateKey(privateKey)
  } catch {
    return false
  }
  return pair.getPublicKey().equals(publicKey)
}

function decode(text: string): Buffer | undefined {
  return /^[A-Za-z0-9_-]+$/.test(text) ? Buffer.from(text, 'base64url') : undefined
}
