/**
 * Sealing of data keys: AES-256-GCM under a fresh nonce (12 bytes, in front), bound to the local account.
 * Not concerned with where the sealing key comes from.
 */
const NONCE_BYTES = 12

export async function importAesKey(raw: Uint8Array): Promise<CryptoKey> {
  const key = await crypto.subtle.importKey('raw', new Uint8Array(raw), 'AES-GCM', false, [
    'encrypt',
    'decrypt',
  ])
  raw.fill(0)
  return key
}

export function placeOf(localId: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`Pli-vault-v1 ${localId}`)
}

export async function seal(
  key: CryptoKey,
  plain: Uint8Array<ArrayBuffer>,
  place: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
  const algorithm = { name: 'AES-GCM', iv: nonce, additionalData: place }
  const ciphertext = new Uint8Array(await crypto.subtle.encrypt(algorithm, key, plain))
  const sealed = new Uint8Array(NONCE_BYTES + ciphertext.length)
  sealed.set(nonce)
  sealed.set(ciphertext, NONCE_BYTES)
  return sealed
}

export async function open(
  key: CryptoKey,
  sealed: Uint8Array<ArrayBuffer>,
  place: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const algorithm = { name: 'AES-GCM', iv: sealed.subarray(0, NONCE_BYTES), additionalData: place }
  try {
    return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, sealed.subarray(NONCE_BYTES)))
  } catch {
    return undefined
  }
}
