/** What the FHIR face can do, made from the table that it reads by. Source: CapabilityStatement, R4. */
import { resourceTypes } from './resources.ts'
import { includes, searchParameters } from './search-parameters.ts'

interface Settings {
  /** of the software */
  version: string
  startedAtMs: number
  baseUrl: string
}

export function toCapabilityStatement({ version, startedAtMs, baseUrl }: Settings) {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: new Date(startedAtMs).toISOString(),
    kind: 'instance',
    software: { name: 'Pli', version },
    implementation: { description: 'Who practises what, where, and who can be written to', url: baseUrl },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json', 'json'],
    rest: [
      {
        mode: 'server',
        documentation:
          'Read and search, by GET. Paging: follow link[next]. _count is 100 at most. Parameters that are not known are left out and said, or refused under Prefer: handling=strict. There is no search by national number.',
        security: {
          cors: true,
          description:
            'Authorization: Bearer, with the token of a device or of a sign-in. Endpoints are for devices.',
        },
        resource: resourceTypes.map((type) => ({
          type,
          interaction: [{ code: 'read' }, { code: 'search-type' }],
          versioning: 'no-version',
          ...(type === 'PractitionerRole'
            ? { searchInclude: includes.map((one) => `PractitionerRole:${one}`) }
            : {}),
          searchParam: searchParameters[type].map(({ name, type: kind, documentation }) => ({
            name,
            type: kind,
            documentation,
          })),
        })),
      },
    ],
  }
}
