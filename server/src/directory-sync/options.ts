/** What `npm run directory:sync` is told: options, and for what is secret or the same every day, the environment. */
import { parseArgs } from 'node:util'
import { StartRefusal } from '../config.ts'
import type { RegisterSettings } from './sources.ts'

export const USAGE = `Usage: npm run directory:sync -- --source <address>
  --source <address>     of the register; for annuaire-sante also the path of its open file (DIRECTORY_SOURCE)
  --kind cobrha          or annuaire-sante (DIRECTORY_KIND)
  --data-dir .data       whose directory; a relay may be running on it (DATA_DIR)
  --force                takes in what was refused, such as a register that lost more than 2 % of its people
  --snapshot             a whole snapshot although changes could be followed
  --watch                goes on: follows notifications every --every seconds (60)
  --json                 one JSON object for each run on standard output
  --tls-certificate, --tls-key, --tls-authority <PEM file>
                         mutual TLS (DIRECTORY_TLS_CERTIFICATE, DIRECTORY_TLS_KEY, DIRECTORY_TLS_AUTHORITY;
                         DIRECTORY_TLS_KEY_PASSPHRASE)
  --fhir <address>       of the Annuaire Santé, for changes (DIRECTORY_FHIR; its key: DIRECTORY_FHIR_KEY)
  --allow-plain-http     beyond this machine: for sandboxes only
MONGODB_URI: the register is kept there in place of the data folder, as the relay's accounts are.
SSIN_KEY_FILE names the key for look-ups by national number; without it one is drawn in the data folder.
Ends with 0 when the directory is up to date, 3 when it refused, 1 when the register or the store failed.`

export interface SyncSettings extends RegisterSettings {
  dataDir: string
  mongodbUri: string | undefined
  ssinKeyFile: string | undefined
  force: boolean
  snapshot: boolean
  watch: boolean
  everySeconds: number
  json: boolean
}

/** Undefined when help was asked for. Throws StartRefusal with a sentence. */
export function readSyncOptions(
  args: string[],
  environment: Record<string, string | undefined>,
): SyncSettings | undefined {
  const given = parse(args)
  if (given.help) return undefined
  const either = (option: string | undefined, variable: string) =>
    option ?? (environment[variable] || undefined)
  const source = either(given.source, 'DIRECTORY_SOURCE')
  const kind = either(given.kind, 'DIRECTORY_KIND') ?? 'cobrha'
  const everySeconds = Number(given.every)
  if (source === undefined) throw new StartRefusal('--source is missing: the address of the register.')
  if (kind !== 'cobrha' && kind !== 'annuaire-sante') {
    throw new StartRefusal('--kind must be cobrha or annuaire-sante.')
  }
  if (!(everySeconds >= 1 && everySeconds <= 86_400)) {
    throw new StartRefusal('--every must be 1 to 86400 seconds.')
  }
  return {
    ...{ source, kind, everySeconds },
    dataDir: either(given['data-dir'], 'DATA_DIR') ?? '.data',
    mongodbUri: environment.MONGODB_URI || undefined,
    ssinKeyFile: environment.SSIN_KEY_FILE || undefined,
    tlsCertificate: either(given['tls-certificate'], 'DIRECTORY_TLS_CERTIFICATE'),
    tlsKey: either(given['tls-key'], 'DIRECTORY_TLS_KEY'),
    tlsKeyPassphrase: environment.DIRECTORY_TLS_KEY_PASSPHRASE || undefined,
    tlsAuthority: either(given['tls-authority'], 'DIRECTORY_TLS_AUTHORITY'),
    fhir: either(given.fhir, 'DIRECTORY_FHIR'),
    fhirKey: environment.DIRECTORY_FHIR_KEY || undefined,
    allowPlainHttp: given['allow-plain-http'] ?? false,
    force: given.force ?? false,
    snapshot: given.snapshot ?? false,
    watch: given.watch ?? false,
    json: given.json ?? false,
  }
}

function parse(args: string[]) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  try {
    return parseArgs({
      args,
      options: {
        ...{ source: text, kind: text, 'data-dir': text, fhir: text },
        ...{ 'tls-certificate': text, 'tls-key': text, 'tls-authority': text },
        ...{ force: flag, snapshot: flag, watch: flag, json: flag, 'allow-plain-http': flag },
        every: { type: 'string', default: '60' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values
  } catch {
    throw new StartRefusal('There is an option that is not known. --help shows them.')
  }
}
