/**
 * Purpose: what an installation makes offline, once: a trust root, and the server certificate under it. The root's
 * private half never needs to be where the relay is. Not concerned with how the files are kept.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { PrivateKey } from '@signalapp/libsignal-client'
import { createServerCertificate } from '../domain/certificates/certificates.ts'

/** Writes the private half to `out` (32 bytes, base64url) and returns what to set. Never overwrites. */
export function makeTrustRoot(out: string): string {
  const trustRoot = PrivateKey.generate()
  writeSecret(out, trustRoot.serialize())
  return `TRUST_ROOTS=${toText(trustRoot.getPublicKey().serialize())}`
}

/** Writes the server's private key to `out` and returns what to set. */
export function makeServerCertificate(trustRootFile: string, out: string): string {
  const bytes = Buffer.from(readFileSync(trustRootFile, 'utf8').trim(), 'base64url')
  const { certificate, key } = createServerCertificate(PrivateKey.deserialize(new Uint8Array(bytes)))
  writeSecret(out, key.serialize())
  return `SERVER_CERTIFICATE=${toText(certificate.serialize())}\nSERVER_CERTIFICATE_KEY_FILE=${out}`
}

function writeSecret(path: string, bytes: Uint8Array): void {
  writeFileSync(path, `${toText(bytes)}\n`, { mode: 0o600, flag: 'wx' })
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}
