// The Annuaire Santé as a source of the directory: the open file is the snapshot, the FHIR interface says what changed
// since and gives one person afresh. Without the interface, a newer file is a new snapshot.
// Source: the file of the professionals in free access; `_lastUpdated` reaches at most 30 days back.
// Not concerned with CoBRHA.

import { createWire, type WireOptions } from '../cobrha/wire/http-wire.ts'
import type { RetryOptions } from '../cobrha/wire/retry.ts'
import { DirectoryError } from '../errors.ts'
import type {
  ChangeBatch,
  DirectorySource,
  SnapshotBatch,
  SourceOptions,
  SourceRow,
} from '../source/source.ts'
import { idnpsOf } from './activity.ts'
import { type FhirConnection, type Organization, type PractitionerRole, searchPages } from './fhir.ts'
import { IDNPS_SYSTEM, idOf, personIdOfPractitioner, personOfResources } from './fhir-people.ts'
import { type OpenFile, openFileAt, openFileBehind } from './file-bytes.ts'
import { readOpenFile } from './open-file.ts'

export interface AnnuaireSanteOptions extends WireOptions, Omit<RetryOptions, 'signal'> {
  /** a path, or an address that begins with http */
  readonly file: string
  /** of the FHIR interface, such as `https://gateway.api.esante.gouv.fr/fhir/v2`; absent: whole files only */
  readonly fhirUrl?: string
  readonly apiKey?: string
  readonly nowMs?: () => number
}

const DAY_MS = 24 * 3600_000
const REACHES_BACK_MS = 30 * DAY_MS
/** The file is made at night from what was known before: notices from earlier do no harm. */
const FILE_LAGS_MS = 2 * DAY_MS
/** Between their clock and ours, and while they write. */
const OVERLAP_MS = 10 * 60_000
const FILE_POSITION = 'file '

export function createAnnuaireSanteSource(
  options: AnnuaireSanteOptions,
): DirectorySource & { close(): void } {
  const { file, fhirUrl, apiKey, nowMs = Date.now } = options
  const wire = createWire(options)
  const fhir: FhirConnection | undefined =
    fhirUrl === undefined
      ? undefined
      : { wire, base: new URL(fhirUrl.endsWith('/') ? fhirUrl : `${fhirUrl}/`), apiKey, retry: options }
  const open = ({ signal }: SourceOptions) =>
    /^https?:/.test(file) ? openFileBehind(new URL(file), wire, signal) : openFileAt(file)
  return {
    name: 'annuaire-sante',
    snapshot: (wanted = {}) => readSnapshot(open, fhir !== undefined, wanted),
    changes: (since, wanted = {}) =>
      fhir === undefined || since.startsWith(FILE_POSITION)
        ? newerFile(open, since, wanted)
        : readDelta(fhir, since, nowMs(), wanted),
    fetchPerson: (personId, wanted = {}) => fetchPerson(fhir, personId, wanted),
    close: () => wire.close(),
  }
}

async function* readSnapshot(
  open: (options: SourceOptions) => Promise<OpenFile>,
  hasDelta: boolean,
  options: SourceOptions & { readonly after?: string },
): AsyncIterable<SnapshotBatch> {
  const file = await open(options)
  const [, from = '0', version = file.version] = /^(\d+) (.+)$/.exec(options.after ?? '') ?? []
  if (version !== file.version) {
    throw new DirectoryError('source-snapshot-replaced', 'There is another open file now.')
  }
  const feedPosition = hasDelta
    ? new Date(file.modifiedAtMs - FILE_LAGS_MS).toISOString()
    : FILE_POSITION + file.version
  for await (const { rows, nextAt, isLast } of readOpenFile(file, Number(from), options)) {
    yield { version, rows, cursor: `${nextAt} ${version}`, feedPosition, isLast }
  }
}

async function* newerFile(
  open: (options: SourceOptions) => Promise<OpenFile>,
  since: string,
  options: SourceOptions,
): AsyncIterable<ChangeBatch> {
  const { version } = await open(options)
  if (since !== FILE_POSITION + version) yield { kind: 'snapshot-needed', reason: 'gap' }
}

async function* readDelta(
  fhir: FhirConnection,
  since: string,
  nowMs: number,
  { signal }: SourceOptions,
): AsyncIterable<ChangeBatch> {
  const sinceMs = Date.parse(since)
  if (!(nowMs - sinceMs <= REACHES_BACK_MS)) return yield { kind: 'snapshot-needed', reason: 'too-old' }
  const seen = new Set<string>()
  for (const query of [
    `Practitioner?_lastUpdated=ge${encodeURIComponent(since)}&_count=100`,
    // What an organisation changed of itself is not said here: it comes with the next file.
    `PractitionerRole?_lastUpdated=ge${encodeURIComponent(since)}&_include=PractitionerRole:practitioner&_count=100`,
  ]) {
    for await (const { practitioners } of searchPages(fhir, query, signal)) {
      const ids = practitioners.flatMap((one) => personIdOfPractitioner(one) ?? [])
      const personIds = [...new Set(ids)].filter((personId) => !seen.has(personId))
      for (const personId of personIds) seen.add(personId)
      // The position stays until everything is there: an interrupted run asks again.
      if (personIds.length > 0) yield { kind: 'changes', personIds, position: since }
    }
  }
  const position = new Date(Math.max(sinceMs, nowMs - OVERLAP_MS)).toISOString()
  yield { kind: 'changes', personIds: [], position }
}

async function fetchPerson(
  fhir: FhirConnection | undefined,
  personId: string,
  { signal }: SourceOptions,
): Promise<SourceRow | undefined> {
  const idnps = idnpsOf(personId)
  if (fhir === undefined || idnps === undefined) {
    throw new DirectoryError('source-refused', 'The open file alone gives nobody by identifier.')
  }
  const identifier = encodeURIComponent(`${IDNPS_SYSTEM}|${idnps}`)
  const query = `Practitioner?identifier=${identifier}&_revinclude=PractitionerRole:practitioner&_count=100`
  const roles: PractitionerRole[] = []
  let practitioner: Parameters<typeof personOfResources>[0] | undefined
  for await (const page of searchPages(fhir, query, signal)) {
    practitioner ??= page.practitioners.find((one) => personIdOfPractitioner(one) === personId)
    roles.push(...page.roles)
  }
  if (practitioner === undefined) return undefined
  const { id } = practitioner
  const own = roles.filter((role) => idOf(role.practitioner?.reference) === id)
  return personOfResources(practitioner, own, await fetchOrganizations(fhir, own, signal), 'fhir')
}

async function fetchOrganizations(
  fhir: FhirConnection,
  roles: readonly PractitionerRole[],
  signal: AbortSignal | undefined,
): Promise<Map<string, Organization>> {
  const ids = [...new Set(roles.map(({ organization }) => idOf(organization?.reference)))].filter(Boolean)
  const found = new Map<string, Organization>()
  if (ids.length === 0) return found
  const query = `Organization?_id=${ids.map(encodeURIComponent).join(',')}&_count=100`
  for await (const { organizations } of searchPages(fhir, query, signal)) {
    for (const organization of organizations) found.set(organization.id, organization)
  }
  return found
}
