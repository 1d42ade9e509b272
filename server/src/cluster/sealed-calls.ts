/**
 * Purpose: whoever can read or write Redis learns neither whose device was called nor can call one: what nodes tell each
 * other is sealed under a key that only the store of the installation holds.
 * AES-256-GCM; each process derives a key of its own (HKDF, its random name as salt) and counts its nonces.
 * Not concerned with what is told.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'

const NODE_BYTES = 16
const NONCE_BYTES = 12
const TAG_BYTES = 16
const HEAD_BYTES = NODE_BYTES + NONCE_BYTES
/** Processes whose key is remembered: restarts leave names behind. */
const NODES_AT_MOST = 1_000

export interface CallSealer {
  seal(plain: Uint8Array): Uint8Array
  /** Undefined for what no node of this installation sealed, and for what came before. */
  open(sealed: Uint8Array): Uint8Array | undefined
}

interface KnownNode {
  key: Uint8Array
  lastCount: number
}

/** @param installationKey 32 bytes that all nodes have. */
export function createCallSealer(installationKey: Uint8Array): CallSealer {
  const ownName = randomBytes(NODE_BYTES)
  const ownKey = keyOf(installationKey, ownName)
  const nodes = new Map<string, KnownNode>()
  let count = 0

  return {
    seal(plain) {
      count += 1
      const nonce = nonceOf(count)
      const cipher = createCipheriv('aes-256-gcm', ownKey, nonce)
      return Buffer.concat([ownName, nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
    },
    open(sealed) {
      if (sealed.length < HEAD_BYTES + TAG_BYTES) return undefined
      const name = sealed.subarray(0, NODE_BYTES)
      const known = nodes.get(hex(name)) ?? { key: keyOf(installationKey, name), lastCount: 0 }
      const nonce = Buffer.from(sealed.subarray(NODE_BYTES, HEAD_BYTES))
      const counted = nonce.readUIntBE(NONCE_BYTES - 6, 6)
      if (counted <= known.lastCount) return undefined
      const plain = decrypt(known.key, nonce, sealed.subarray(HEAD_BYTES))
      if (plain === undefined) return undefined
      known.lastCount = counted
      remember(nodes, hex(name), known)
      return plain
    },
  }
}

function decrypt(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array): Uint8Array | undefined {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES })
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES))
  try {
    const plain = decipher.update(sealed.subarray(0, sealed.length - TAG_BYTES))
    return Buffer.concat([plain, decipher.final()])
  } catch {
    return undefined
  }
}

function remember(nodes: Map<string, KnownNode>, name: string, node: KnownNode): void {
  nodes.delete(name)
  nodes.set(name, node)
  if (nodes.size <= NODES_AT_MOST) return
  const [oldest] = nodes.keys()
  if (oldest !== undefined) nodes.delete(oldest)
}

function keyOf(installationKey: Uint8Array, name: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', installationKey, name, 'pli cluster calls', 32))
}

function nonceOf(count: number): Uint8Array {
  const nonce = Buffer.alloc(NONCE_BYTES)
  nonce.writeUIntBE(count, NONCE_BYTES - 6, 6)
  return nonce
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
