// How a register is reached: certificates, token, time limits. Read once, when a source is made.
// Not concerned with what is asked (addressbook/, register/).

import { readFile } from 'node:fs/promises'
import type { TlsIdentity } from './http-wire.ts'

/** Paths of PEM files. */
export interface TlsFiles {
  /** our certificate and its key, for mutual TLS */
  readonly certificateFile?: string
  readonly keyFile?: string
  readonly passphrase?: string
  /** whom to trust instead of the system's authorities */
  readonly authorityFile?: string
}

/** @throws the file system's error: a certificate that cannot be read is a fault of the installation */
export async function readTlsFiles(files: TlsFiles): Promise<TlsIdentity> {
  const [certificate, key, authority] = await Promise.all(
    [files.certificateFile, files.keyFile, files.authorityFile].map((path) =>
      path === undefined ? undefined : readFile(path, 'utf8'),
    ),
  )
  return {
    ...(certificate === undefined ? {} : { certificate }),
    ...(key === undefined ? {} : { key }),
    ...(files.passphrase === undefined ? {} : { passphrase: files.passphrase }),
    ...(authority === undefined ? {} : { authority }),
  }
}

/** A SAML assertion as XML, fresh enough to be used now. Asked for before every request. */
export type SamlTokenProvider = () => Promise<string>

/** The assertion that another program keeps renewing in a file. */
export function samlTokenFromFile(path: string): SamlTokenProvider {
  return () => readFile(path, 'utf8')
}
