/**
 * Purpose: sender certificates, with which a recipient checks who sealed an envelope without telling the relay.
 * Source: Signal's sealed sender as libsignal implements it (trust root -> server certificate -> sender certificate).
 * Not concerned with who may ask for one.
 */
import { PrivateKey, PublicKey, SenderCertificate, ServerCertificate } from '@signalapp/libsignal-client'
import type { CertificateSource } from '../../config.ts'
import { StartRefusal } from '../../config.ts'
import type { DeviceAddress, InstallationStore } from '../../storage/interfaces.ts'

const LIFETIME_MS = 24 * 3600_000
const GENERATED = 'sandbox-certificates'
const PUBLIC_KEY_BYTES = 33
const PRIVATE_KEY_BYTES = 32
const SERVER_KEY_ID = 1

export interface SenderCertificates {
  /** Each 33 bytes. */
  readonly trustRoots: Uint8Array<ArrayBuffer>[]
  /** `identityKey`: 33 bytes. The certificate is libsignal's, serialised. */
  issue(
    sender: DeviceAddress & { identityKey: Uint8Array },
    nowMs: number,
  ): { certificate: Uint8Array<ArrayBuffer>; expiresAtMs: number }
}

interface ServerIdentity {
  trustRoots: PublicKey[]
  certificate: ServerCertificate
  key: PrivateKey
}

/** Throws StartRefusal when what was provided does not fit together. */
export async function openCertificates(
  source: CertificateSource,
  installation: InstallationStore,
): Promise<SenderCertificates> {
  const server = source.kind === 'generated' ? await generated(installation) : provided(source)
  return {
    trustRoots: server.trustRoots.map((root) => root.serialize()),
    issue(sender, nowMs) {
      const expiresAtMs = nowMs + LIFETIME_MS
      const certificate = SenderCertificate.new(
        sender.accountId,
        null,
        sender.deviceId,
        PublicKey.deserialize(owned(sender.identityKey)),
        expiresAtMs,
        server.certificate,
        server.key,
      )
      return { certificate: certificate.serialize(), expiresAtMs }
    },
  }
}

/** A trust root and a server certificate under it; all serialised as libsignal does. */
export function createServerCertificate(trustRoot: PrivateKey): {
  certificate: ServerCertificate
  key: PrivateKey
} {
  const key = PrivateKey.generate()
  return { certificate: ServerCertificate.new(SERVER_KEY_ID, key.getPublicKey(), trustRoot), key }
}

/** Made once; one record, so that a crash cannot leave half of it. The trust root's private half is never stored. */
async function generated(installation: InstallationStore): Promise<ServerIdentity> {
  const stored = (await installation.get(GENERATED)) ?? (await installation.putIfAbsent(GENERATED, draw()))
  const bytes = owned(stored)
  const keyEnd = PUBLIC_KEY_BYTES + PRIVATE_KEY_BYTES
  return {
    trustRoots: [PublicKey.deserialize(bytes.subarray(0, PUBLIC_KEY_BYTES))],
    key: PrivateKey.deserialize(bytes.subarray(PUBLIC_KEY_BYTES, keyEnd)),
    certificate: ServerCertificate.deserialize(bytes.subarray(keyEnd)),
  }
}

function draw(): Uint8Array {
  const trustRoot = PrivateKey.generate()
  const { certificate, key } = createServerCertificate(trustRoot)
  return Buffer.concat([trustRoot.getPublicKey().serialize(), key.serialize(), certificate.serialize()])
}

function provided(source: Extract<CertificateSource, { kind: 'provided' }>): ServerIdentity {
  let server: ServerIdentity
  try {
    server = {
      trustRoots: source.trustRoots.map((root) => PublicKey.deserialize(owned(root))),
      certificate: ServerCertificate.deserialize(owned(source.serverCertificate)),
      key: PrivateKey.deserialize(owned(source.serverKey)),
    }
  } catch {
    throw new StartRefusal('TRUST_ROOTS, SERVER_CERTIFICATE or its key file is not what libsignal writes.')
  }
  const { certificate, key, trustRoots } = server
  if (!trustRoots.some((root) => root.verify(certificate.certificateData(), certificate.signature()))) {
    throw new StartRefusal('SERVER_CERTIFICATE is signed by none of the TRUST_ROOTS.')
  }
  if (!key.getPublicKey().equals(certificate.key())) {
    throw new StartRefusal('SERVER_CERTIFICATE_KEY_FILE does not belong to SERVER_CERTIFICATE.')
  }
  return server
}

/** libsignal asks for bytes over a plain ArrayBuffer. */
function owned(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes)
}
