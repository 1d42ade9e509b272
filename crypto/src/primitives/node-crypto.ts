/**
 * Node's own module `crypto`, asked for at run time so that no bundle for a browser names it.
 *
 * Not concerned with what it is used for: see `node-x25519.ts`, `node-hashes.ts`, `signature-check.ts`.
 */

export type NodeCrypto = typeof import('node:crypto')

/** Nothing outside Node, and in a Node that does not give it out. */
export function nodeCrypto(): NodeCrypto | undefined {
  const { process } = globalThis as {
    process?: { getBuiltinModule?: (name: string) => NodeCrypto | undefined }
  }
  return process?.getBuiltinModule?.('node:crypto')
}
