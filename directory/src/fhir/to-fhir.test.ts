import { describe, expect, it } from 'vitest'
import type { Person } from '../model.ts'
import { generateSandbox } from '../sandbox/generate.ts'
import { fromFhirId, toFhirId } from './ids.ts'
import { resourceTypes } from './resources.ts'
import { identifierSystems } from './systems.ts'
import { toEndpoint, toLocation, toOrganization, toPractitioner, toPractitionerRole } from './to-fhir.ts'

const nowMs = Date.UTC(2026, 5, 1)
const { people } = generateSandbox({ seed: 3, people: 400, ssinKey: new Uint8Array(32).fill(7) })

function resourcesOf(person: Person) {
  const accountId = '0e0e0e0e-0000-4000-8000-000000000001'
  return [
    toPractitioner(person, nowMs),
    toEndpoint(person, accountId),
    ...person.roles.flatMap((role) => [
      toPractitionerRole(person, role, { nowMs, accountId }),
      toLocation(role.location),
      ...(role.organisation === undefined ? [] : [toOrganization(role.organisation)]),
    ]),
  ]
}

describe('every resource', () => {
  it('has an id that FHIR allows, and nothing of a national number', () => {
    for (const person of people) {
      for (const resource of resourcesOf(person)) {
        expect(resourceTypes).toContain(resource.resourceType)
        expect(resource.id).toMatch(/^[A-Za-z0-9.-]{1,64}$/)
        const text = JSON.stringify(resource)
        expect(text).not.toContain(identifierSystems.ssin)
        if (person.ssinHmac !== undefined) expect(text).not.toContain(person.ssinHmac)
        // FHIR allows neither null nor empty lists.
        expect(text).not.toMatch(/:null|\[\]|:""/)
      }
    }
  })

  it('refers to what is there', () => {
    for (const person of people) {
      const ids = new Set(resourcesOf(person).map(({ resourceType, id }) => `${resourceType}/${id}`))
      const references = JSON.stringify(resourcesOf(person)).matchAll(/"reference":"([^"]+)"/g)
      for (const [, reference] of references) expect(ids).toContain(reference)
    }
  })
})

it('ids go both ways', () => {
  expect(fromFhirId(toFhirId('demo_nathalie-1'))).toBe('demo_nathalie-1')
  expect(fromFhirId('../etc')).toBeUndefined()
  expect(fromFhirId('a'.repeat(65))).toBeUndefined()
})

it('says a bilingual place in both languages, and which is which', () => {
  const location = { postcode: '1050', nsi: '21009', fr: 'Ixelles', nl: 'Elsene' }
  const organisation = { organisationId: 'o_1', name: 'Pharmacie', cdHcparty: 'orgpharmacy', location }
  expect(toOrganization(organisation).address).toMatchObject([
    { city: 'Ixelles', extension: [{ valueCode: 'fr' }] },
    { city: 'Elsene', extension: [{ valueCode: 'nl' }] },
  ])
  expect(toLocation(location)).toMatchObject({
    id: '21009-1050',
    name: 'Ixelles / Elsene',
    alias: ['Elsene'],
  })
  expect(toLocation({ ...location, nl: 'Ixelles' })).toMatchObject({
    name: 'Ixelles',
    address: { country: 'BE' },
  })
})

it('calls nobody active who may not practise, and offers an endpoint only where there is an account', () => {
  const person = people.find(
    ({ roles, deceased }) => !deceased && roles.some((role) => role.licenceToPractise),
  )!
  const [role] = person.roles
  const lost = { ...person, roles: person.roles.map((one) => ({ ...one, licenceToPractise: false })) }
  expect(toPractitioner(lost, nowMs).active).toBe(false)
  expect(toPractitioner({ ...person, deceased: true }, nowMs).active).toBe(false)
  expect(toPractitionerRole(person, role!, { nowMs })).not.toHaveProperty('endpoint')
})
