// A person from FHIR resources: the practitioner, their open roles, and where those are. A role or a practitioner with
// `active` false is closed.
// Source: the profiles as-dr-practitioner, as-dr-practitionerrole and as-organization of the Annuaire Santé.
// Not concerned with fetching.

import type { SourceRow } from '../source/source.ts'
import { type Activity, personIdOf, personOf } from './activity.ts'
import type { Organization, Practitioner, PractitionerRole } from './fhir.ts'

export const IDNPS_SYSTEM = 'urn:oid:1.2.250.1.71.4.2.1'
const FINESS_SYSTEMS = ['https://finess.esante.gouv.fr', 'http://finess.esante.gouv.fr']
const TECHNICAL_ID_SYSTEM = 'https://rppsrang.esante.gouv.fr'

interface Concept {
  coding: { system?: string | undefined; code?: string | undefined; display?: string | undefined }[]
}

export function personIdOfPractitioner({ identifier }: Practitioner): string | undefined {
  const idnps = identifier.find(({ system }) => system === IDNPS_SYSTEM)?.value
  return idnps === undefined ? undefined : personIdOf(idnps)
}

/** Undefined when the register has closed the person. */
export function personOfResources(
  practitioner: Practitioner,
  roles: readonly PractitionerRole[],
  organizations: ReadonlyMap<string, Organization>,
  sourceVersion: string,
): SourceRow | undefined {
  if (!practitioner.active) return undefined
  const open = roles.filter(({ active }) => active)
  const activities =
    open.length === 0
      ? activitiesOf(practitioner, undefined, undefined)
      : open.flatMap((role) =>
          activitiesOf(practitioner, role, organizations.get(idOf(role.organization?.reference))),
        )
  return personOf(activities, sourceVersion)
}

/** `Organization/123` and a whole address that ends so are the same. */
export function idOf(reference: string | undefined): string {
  return reference?.split('/').at(-1) ?? ''
}

/** One for each profession. */
function activitiesOf(
  practitioner: Practitioner,
  role: PractitionerRole | undefined,
  organization: Organization | undefined,
): Activity[] {
  const { identifier, name, qualification } = practitioner
  const concepts = [
    ...qualification.map(({ code }) => code),
    ...(role?.specialty ?? []),
    ...(role?.code ?? []),
  ]
  const professions = codesOf(concepts, 'TRE_G15')
  const specialty = codingOf(concepts, 'TRE_R38')
  const base = {
    idnps: identifier.find(({ system }) => system === IDNPS_SYSTEM)?.value ?? '',
    lastName: name[0]?.family?.trim() ?? '',
    firstName: name[0]?.given.join(' ').trim() ?? '',
    categoryCode: codesOf(concepts, 'TRE_R09')[0] ?? '',
    specialty: { code: specialty?.code ?? '', name: specialty?.display ?? '' },
    modeCode: codesOf(role?.code ?? [], 'TRE_R23')[0] ?? '',
    ...placeOf(organization),
  }
  return (professions.length === 0 ? [''] : professions).map((professionCode) => ({
    ...base,
    professionCode,
  }))
}

function placeOf(
  organization: Organization | undefined,
): Pick<Activity, 'structure' | 'postcode' | 'inseeCode' | 'town'> {
  if (organization === undefined) return { postcode: '', inseeCode: '', town: '' }
  const { identifier, name = '' } = organization
  const valueUnder = (systems: readonly string[]) =>
    identifier.find(({ system = '' }) => systems.includes(system))?.value ?? ''
  const [address] = organization.address
  const insee = address?.extension.find(({ valueCoding }) => valueCoding?.system?.includes('TRE_R13'))
  return {
    structure: { technicalId: valueUnder([TECHNICAL_ID_SYSTEM]), finess: valueUnder(FINESS_SYSTEMS), name },
    postcode: address?.postalCode ?? '',
    inseeCode: insee?.valueCoding?.code ?? '',
    // `92140 CLAMART`
    town: (address?.city ?? '').replace(/^\d{5} /, ''),
  }
}

function codingOf(concepts: readonly Concept[], table: string) {
  return concepts.flatMap(({ coding }) => coding).find(({ system }) => system?.includes(table))
}

function codesOf(concepts: readonly Concept[], table: string): string[] {
  const codings = concepts.flatMap(({ coding }) => coding).filter(({ system }) => system?.includes(table))
  return [...new Set(codings.flatMap(({ code }) => (code === undefined ? [] : [code])))]
}
