/** The FHIR face over a real index of invented people, as a system that integrates it sees it. */
import { describe, expect, it } from 'vitest'
import { isRoleActive, type Person } from '../model.ts'
import { generateSandbox } from '../sandbox/generate.ts'
import { createDirectoryIndex } from '../search/directory-index.ts'
import { createFhirFace } from './answer.ts'
import type { Bundle } from './bundle.ts'
import { toCapabilityStatement } from './capability-statement.ts'
import { toFhirId, toRoleFhirId } from './ids.ts'
import { readSearch } from './read-search.ts'
import { type ResourceType, resourceTypes } from './resources.ts'
import { searchParameters } from './search-parameters.ts'
import type { FhirSource } from './source.ts'
import { codeSystems, identifierSystems } from './systems.ts'
import { problemsOf } from './testing/r4-structure.ts'

const nowMs = Date.UTC(2026, 5, 1)
const baseUrl = 'https://relay.test/fhir'
const { people } = generateSandbox({ seed: 3, people: 1_500, ssinKey: new Uint8Array(32).fill(7) })
const index = createDirectoryIndex(people, nowMs)
const byId = new Map(people.map((person) => [person.personId, person]))
const ACCOUNT = '0e0e0e0e-0000-4000-8000-000000000001'
const REACHABLE = 'demo-nathalie'
const reachable = index.mark([REACHABLE])

const source: FhirSource = {
  async search(query, page) {
    const { rows, total, refusal } = index.search(query, { ...page, reachable })
    const found = rows.flatMap(({ personId }) => byId.get(personId) ?? [])
    return { people: found, total, ...(refusal === undefined ? {} : { refusal }) }
  },
  person: async (id) => byId.get(id),
  organisations: async (query, page) => index.organisations(query, page),
  organisation: async (organisationId) =>
    index.organisations({ organisationId }, { limit: 1, offset: 0 }).organisations[0],
  locations: async (query) => index.locations(query),
  location: async (nsi, postcode) => index.location(nsi, postcode),
  accounts: async (some) =>
    new Map(some.flatMap(({ personId }) => (personId === REACHABLE ? [[personId, ACCOUNT]] : []))),
  personOfAccount: async (id) => (id === ACCOUNT ? byId.get(REACHABLE) : undefined),
}
const face = createFhirFace({ baseUrl, nowMs: () => nowMs, source })

function read(type: ResourceType, query: string, isStrict = false) {
  return readSearch(type, new URLSearchParams(query), { isStrict })
}

async function ask(type: ResourceType, query: string): Promise<Bundle> {
  const reading = read(type, query)
  if ('refusal' in reading) throw new Error(JSON.stringify(reading.refusal))
  const found = await face.search(reading.search)
  if ('refusal' in found) throw new Error(JSON.stringify(found.refusal))
  expect(problemsOf(found.bundle)).toEqual([])
  return found.bundle
}

async function refusalOf(type: ResourceType, query: string, isStrict = false) {
  const reading = read(type, query, isStrict)
  if ('refusal' in reading) return reading.refusal
  const found = await face.search(reading.search)
  return 'refusal' in found ? found.refusal : undefined
}

const ofMode = ({ entry = [] }: Bundle, mode: string) =>
  entry.flatMap(({ resource, search }) => (search.mode === mode ? [resource] : []))
const matches = (bundle: Bundle) => ofMode(bundle, 'match') as unknown as { id: string }[]
const idsOf = (bundle: Bundle) => matches(bundle).map(({ id }) => id)

async function all(type: ResourceType, query: string): Promise<string[]> {
  const found: string[] = []
  let next: string | undefined = query
  for (let pages = 0; next !== undefined; pages++) {
    const bundle: Bundle = await ask(type, next)
    found.push(...idsOf(bundle))
    next = bundle.link.find(({ relation }) => relation === 'next')?.url.split('?')[1]
    if (pages > 2_000) throw new Error('the pages do not end')
  }
  return found
}

const nathalie = byId.get(REACHABLE)!
const [role] = nathalie.roles

describe('a role', () => {
  it('is found by name, city, qualification and who is reachable, with all that it refers to', async () => {
    const bundle = await ask(
      'PractitionerRole',
      `practitioner.active=true&practitioner.name=van+den+berghe+nathalie&location.address-city=Woluwe-Saint-Lambert&practitioner.qualification=${codeSystems.cdHcparty}|perspharmacist&endpoint.status=active&_include=PractitionerRole:*`,
    )
    expect(idsOf(bundle)).toEqual([toRoleFhirId(REACHABLE, role!.roleId)])
    expect(matches(bundle)[0]).toMatchObject({ endpoint: [{ reference: `Endpoint/${ACCOUNT}` }] })
    const included = ofMode(bundle, 'include').map(({ resourceType }) => resourceType)
    expect(included.sort()).toEqual(['Endpoint', 'Location', 'Organization', 'Practitioner'])
    expect(bundle.total).toBe(1)
    expect(bundle.entry?.[0]?.fullUrl).toBe(`${baseUrl}/PractitionerRole/${idsOf(bundle)[0]}`)
  })

  it('is found in any language of its place, and not in the places around it', async () => {
    const french = await all('PractitionerRole', 'location.address-city=Bruxelles&role=persnurse')
    const dutch = await all('PractitionerRole', 'location.address-city=Brussel&role=persnurse')
    expect(french.length).toBeGreaterThan(0)
    expect(dutch.sort()).toEqual(french.sort())
    const there = people.flatMap(({ personId, deceased, roles }) =>
      roles
        .filter((one) => !deceased && one.profession === 'NURSE' && one.location.nsi === '21004')
        .map(({ roleId }) => toRoleFhirId(personId, roleId)),
    )
    expect(french.every((id) => there.includes(id))).toBe(true)
  })

  it('comes page after page, each once, whatever the size of a page', async () => {
    const question = 'practitioner.qualification=persphysician'
    const whole = await all('PractitionerRole', `${question}&_count=100`)
    expect(whole.length).toBeGreaterThan(150)
    expect(new Set(whole).size).toBe(whole.length)
    for (const count of [1, 7, 49, 50, 51, 99, 101]) {
      expect(await all('PractitionerRole', `${question}&_count=${count}`)).toEqual(whole)
    }
    const active = people
      .filter(({ deceased }) => !deceased)
      .flatMap(({ roles }) => roles)
      .filter((one) => one.profession === 'PHYSICIAN' && isRoleActive(one, nowMs))
    expect(whole.length).toBeGreaterThanOrEqual(active.length)
  })

  it('is in the pages even where a person has several, and is asked for one by one', async () => {
    const several = people.find(({ roles, deceased }) => roles.length > 1 && !deceased) as Person
    const id = toFhirId(several.personId)
    const found = await all('PractitionerRole', `practitioner=Practitioner/${id}&_count=1`)
    expect(found).toEqual(several.roles.map(({ roleId }) => toRoleFhirId(several.personId, roleId)))
    expect(await all('PractitionerRole', `_id=${found[1]}`)).toEqual([found[1]])
    expect(await face.read('PractitionerRole', found[1] ?? '')).toMatchObject({ id: found[1] })
  })

  it('is found by what the house is called, by its number and by its id', async () => {
    const house = role!.organisation!
    const own = toRoleFhirId(REACHABLE, role!.roleId)
    for (const question of [
      `organization.name=${encodeURIComponent(house.name)}`,
      `organization.identifier=${identifierSystems.cbe}|${house.cbe}`,
      `organization=Organization/${toFhirId(house.organisationId)}`,
    ]) {
      expect(await all('PractitionerRole', question)).toContain(own)
    }
    expect(
      await all('PractitionerRole', `organization.identifier=${identifierSystems.ehp}|${house.cbe}`),
    ).toEqual([])
  })
})

describe('a practitioner', () => {
  it('is found by either of the nihdi systems, by 8 or 11 digits, and by no other', async () => {
    for (const system of [`${identifierSystems.nihdi}|`, `${identifierSystems.nihdiProfessional}|`, '']) {
      expect(await all('Practitioner', `identifier=${system}${role!.nihii8}`)).toEqual([REACHABLE])
    }
    expect(await all('Practitioner', `identifier=${identifierSystems.nihdi}|${role!.nihii11}`)).toEqual([
      REACHABLE,
    ])
    expect(
      await all('Practitioner', `identifier=${identifierSystems.nihdiOrganization}|${role!.nihii8}`),
    ).toEqual([])
    expect(await all('Practitioner', `identifier=urn:nothing|${role!.nihii8}`)).toEqual([])
    expect(await all('Practitioner', `identifier=${role!.nihii8}&family=Lemaire`)).toEqual([])
  })

  it('is found by a name that is a place too', async () => {
    const bearers = await all('Practitioner', 'family=Lemaire')
    expect(bearers.length).toBeGreaterThan(1)
    expect(await all('Practitioner', 'name=lemaire')).toEqual(bearers)
    expect(await all('Practitioner', '_text=van den berghe woluwe')).toContain(REACHABLE)
  })
})

it('organisations are found by name and place, number and id; places by name and postcode; endpoints by name', async () => {
  const house = role!.organisation!
  const id = toFhirId(house.organisationId)
  const { postcode, nsi, fr } = house.location
  expect(
    await all('Organization', `name=${encodeURIComponent(house.name)}&address-postalcode=${postcode}`),
  ).toContain(id)
  expect(await all('Organization', `identifier=${identifierSystems.cbe}|${house.cbe}`)).toEqual([id])
  expect(await all('Organization', `identifier=${identifierSystems.nihdiOrganization}|${house.cbe}`)).toEqual(
    [],
  )
  expect(await face.read('Organization', id)).toMatchObject({ name: house.name })
  const pharmacies = await all('Organization', 'name=pharmacie&_count=7')
  expect(pharmacies.length).toBeGreaterThan(14)
  expect(new Set(pharmacies).size).toBe(pharmacies.length)
  expect(await all('Location', `address-city=${fr}`)).toContain(`${nsi}-${postcode}`)
  expect(await face.read('Location', `${nsi}-${postcode}`)).toMatchObject({
    address: { postalCode: postcode },
  })
  expect(await all('Endpoint', 'name=van den berghe&status=active')).toEqual([ACCOUNT])
  expect(await all('Endpoint', `_id=${ACCOUNT}`)).toEqual([ACCOUNT])
  expect(await all('Endpoint', 'name=lemaire')).toEqual([])
})

describe('what is refused', () => {
  it('a national number, in every way it can be asked, and it is in no answer', async () => {
    const ssin = '85073003328'
    for (const [type, question] of [
      ['Practitioner', `identifier=${identifierSystems.ssin}|${ssin}`],
      ['PractitionerRole', `practitioner.identifier=${identifierSystems.ssin}|${ssin}`],
      ['Practitioner', `identifier=${ssin}`],
      ['Practitioner', `_text=${ssin}`],
      ['Organization', `identifier=${identifierSystems.ssin}|${ssin}`],
    ] as const) {
      const refusal = await refusalOf(type, question)
      expect([question, refusal?.status, refusal?.outcome.issue[0]?.code]).toEqual([
        question,
        403,
        'security',
      ])
      expect(JSON.stringify(refusal)).not.toContain(ssin)
      expect(problemsOf(refusal?.outcome)).toEqual([])
    }
  })

  it('is a parameter that is not known, when asked to be strict; else it is said', async () => {
    expect((await refusalOf('Practitioner', 'name=lemaire&birthdate=1980', true))?.status).toBe(400)
    const bundle = await ask('Practitioner', 'name=lemaire&birthdate=1980&_sort=name')
    expect(ofMode(bundle, 'outcome')).toMatchObject([
      { issue: [{ severity: 'warning', code: 'not-supported' }] },
    ])
    expect(JSON.stringify(ofMode(bundle, 'outcome'))).toContain('birthdate, _sort')
    expect(bundle.link[0]?.url).toBe(`${baseUrl}/Practitioner?name=lemaire`)
    const hostile = await ask('Practitioner', 'name=lemaire&%3Cscript%3E=1')
    expect(JSON.stringify(hostile)).not.toContain('script')
  })

  it.each([
    ['Practitioner', '', 'too-costly'],
    ['Practitioner', 'active=true', 'too-costly'],
    ['Practitioner', 'active=maybe&name=a', 'invalid'],
    ['Practitioner', 'name:exact=Lemaire', 'not-supported'],
    ['Practitioner', 'name=Lemaire,Claes', 'not-supported'],
    ['Practitioner', 'name=Lemaire&name=Claes', 'not-supported'],
    ['Practitioner', '_text=Lemaire&family=Lemaire', 'not-supported'],
    ['Practitioner', 'name=lemaire&_count=0', 'invalid'],
    ['Practitioner', 'name=lemaire&_count=-1', 'invalid'],
    ['Practitioner', 'name=lemaire&_page=99999.0', 'invalid'],
    ['PractitionerRole', 'location.address-postalcode=10', 'invalid'],
    ['Organization', 'address-city=Ixelles', 'too-costly'],
    ['Location', '', 'too-costly'],
    ['Endpoint', 'status=active', 'too-costly'],
  ] as const)('%s?%s', async (type, question, code) => {
    const refusal = await refusalOf(type, question)
    expect([refusal?.status, refusal?.outcome.issue[0]?.code]).toEqual([400, code])
  })

  it('is nothing where there is nobody', async () => {
    expect(await ask('Practitioner', 'family=Zzyzx')).toMatchObject({ total: 0 })
    expect(await face.read('Practitioner', 'nobody')).toBeUndefined()
    expect(await face.read('PractitionerRole', `${REACHABLE}.0000000000000000`)).toBeUndefined()
    expect(await face.read('Organization', 'none')).toBeUndefined()
    expect(await face.read('Location', '99999-9999')).toBeUndefined()
    expect(await ask('Endpoint', 'status=off')).toMatchObject({ total: 0 })
  })
})

it('whoever the index still has as reachable is not, once the accounts say so', async () => {
  const late = createFhirFace({
    baseUrl,
    nowMs: () => nowMs,
    source: { ...source, accounts: async () => new Map() },
  })
  const reading = read('PractitionerRole', 'practitioner.name=van den berghe nathalie&endpoint.status=active')
  if ('refusal' in reading) throw new Error('refused')
  expect(await late.search(reading.search)).toMatchObject({ bundle: { total: 0 } })
})

it('more than can be paged to is said, and is no end', async () => {
  const many = { ...source, search: async () => ({ people: [], total: 20_000 }) }
  const reading = read('Practitioner', 'name=a&_page=10000.0')
  if ('refusal' in reading) throw new Error('refused')
  const found = await createFhirFace({ baseUrl, nowMs: () => nowMs, source: many }).search(reading.search)
  if ('refusal' in found) throw new Error('refused')
  expect(ofMode(found.bundle, 'outcome')).toMatchObject([{ issue: [{ code: 'too-costly' }] }])
  expect(found.bundle.total).toBeUndefined()
})

it('everybody is allowed by R4, and so is what the face says of itself', () => {
  const statement = toCapabilityStatement({ version: '1.0.0', startedAtMs: nowMs, baseUrl })
  expect(problemsOf(statement)).toEqual([])
  expect(statement.rest[0]?.resource.map(({ type }) => type)).toEqual([...resourceTypes])
  for (const type of resourceTypes) {
    const names = searchParameters[type].map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
  }
})
