/**
 * Purpose: the register that an installation follows, from options or, where they are absent, the environment.
 * Not concerned with what a register says.
 */
import { readFileSync } from 'node:fs'
import { type AnnuaireSanteOptions, createAnnuaireSanteSource } from '@pli/directory/annuaire-sante'
import { createCobrhaSource, readTlsFiles } from '@pli/directory/cobrha'
import type { DirectorySource } from '@pli/directory/sync'
import { StartRefusal } from '../config.ts'

export interface RegisterSettings {
  kind: 'cobrha' | 'annuaire-sante'
  /** An address; of the Annuaire Santé also the path of its open file. */
  source: string
  /** PEM files: our certificate and key for mutual TLS, and whom to trust instead of the system's authorities. */
  tlsCertificate: string | undefined
  tlsKey: string | undefined
  tlsKeyPassphrase: string | undefined
  tlsAuthority: string | undefined
  /** Of the Annuaire Santé: its FHIR interface and the key for it. */
  fhir: string | undefined
  fhirKey: string | undefined
  allowPlainHttp: boolean
}

export type OpenedSource = DirectorySource & { close(): void }

/** Throws StartRefusal. */
export async function openSource(settings: RegisterSettings, ssinKey: Uint8Array): Promise<OpenedSource> {
  const { kind, source, fhir, fhirKey, allowPlainHttp } = settings
  const wire = { allowPlainHttp, tls: await readTls(settings) }
  if (kind === 'cobrha') {
    if (!isAddress(source)) throw new StartRefusal('--source must be the address of the register.')
    return createCobrhaSource({ ...wire, url: source, ssinKey })
  }
  if (fhir !== undefined && !isAddress(fhir)) throw new StartRefusal('--fhir must be an address.')
  const options: AnnuaireSanteOptions = {
    ...wire,
    file: source,
    ...(fhir === undefined ? {} : { fhirUrl: fhir }),
    ...(fhirKey === undefined ? {} : { apiKey: fhirKey }),
  }
  return createAnnuaireSanteSource(options)
}

async function readTls({ tlsCertificate, tlsKey, tlsKeyPassphrase, tlsAuthority }: RegisterSettings) {
  try {
    return await readTlsFiles({
      ...(tlsCertificate === undefined || isEmpty(tlsCertificate) ? {} : { certificateFile: tlsCertificate }),
      ...(tlsKey === undefined || isEmpty(tlsKey) ? {} : { keyFile: tlsKey }),
      ...(tlsKeyPassphrase === undefined ? {} : { passphrase: tlsKeyPassphrase }),
      ...(tlsAuthority === undefined ? {} : { authorityFile: tlsAuthority }),
    })
  } catch {
    throw new StartRefusal('A certificate, key or authority file cannot be read.')
  }
}

/** Containers have a file for each secret, also for one that an installation does without. */
function isEmpty(file: string): boolean {
  return readFileSync(file, 'utf8').trim() === ''
}

function isAddress(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
}
