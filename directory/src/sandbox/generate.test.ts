import { describe, expect, it } from 'vitest'
import { isCbeValid } from '../identifiers/cbe.ts'
import { isNihiiValid } from '../identifiers/nihii.ts'
import { isSsinValid } from '../identifiers/ssin.ts'
import { computeSsinHmac } from '../identifiers/ssin-lookup.ts'
import { isRoleActive } from '../model.ts'
import { nameKey } from '../names/fold.ts'
import { cdHcpartyTable } from '../professions/cd-hcparty.ts'
import { professionOfCdHcparty } from '../professions/professions.ts'
import { createDirectoryIndex } from '../search/directory-index.ts'
import { demoPeople, namesakes } from './demo-people.ts'
import { generateSandbox, sandboxSsinKey } from './generate.ts'

const sandbox = generateSandbox({ seed: 1, people: 20_000 })
const { people, organisations } = sandbox
const NOW_MS = Date.UTC(2026, 0, 1)
const roles = people.flatMap((person) => person.roles)

describe('the sandbox', () => {
  it('has as many people as were asked for, the same for the same seed, others for another', () => {
    expect(people).toHaveLength(20_000)
    const small = generateSandbox({ seed: 1, people: 500 })
    expect(generateSandbox({ seed: 1, people: 500 })).toEqual(small)
    expect(generateSandbox({ seed: 2, people: 500 }).people.slice(-1)).not.toEqual(small.people.slice(-1))
    expect(people.slice(0, 500)).toEqual(small.people)
  })

  it('names people by opaque ids and never carries an SSIN', () => {
    expect(new Set(people.map(({ personId }) => personId)).size).toBe(20_000)
    for (const { personId } of people) expect(personId).toMatch(/^[A-Za-z0-9_-]{1,40}$/)
    expect(new Set(people.map(({ ssinHmac }) => ssinHmac)).size).toBe(20_000)
    const text = JSON.stringify(people.slice(0, demoPeople.length))
    for (const { ssin } of demoPeople) expect(text).not.toContain(ssin)
  })

  it('has identifiers whose checks are right and that belong to one person each', () => {
    const bearers = new Map<string, Set<string>>()
    for (const { personId, roles } of people) {
      for (const { nihii8, nihii11 } of roles) {
        if (nihii8 === undefined) continue
        expect(isNihiiValid(nihii8)).toBe(true)
        expect(nihii11?.startsWith(nihii8)).toBe(true)
        bearers.set(nihii8, (bearers.get(nihii8) ?? new Set()).add(personId))
      }
    }
    expect([...bearers.values()].every((ids) => ids.size === 1)).toBe(true)
    for (const { cbe = '', nihii8 } of organisations) {
      expect(isCbeValid(cbe)).toBe(true)
      expect(nihii8 === undefined || isNihiiValid(nihii8)).toBe(true)
    }
    expect(new Set(organisations.map(({ cbe }) => cbe)).size).toBe(organisations.length)
  })

  it('uses codes that exist and fit', () => {
    for (const { profession, cdHcparty, specialty } of roles) {
      expect(professionOfCdHcparty(cdHcparty)).toBe(profession)
      expect(specialty === undefined || cdHcpartyTable().has(specialty)).toBe(true)
    }
  })

  it('is as hard as the real thing', () => {
    const count = <T>(items: readonly T[], test: (item: T) => boolean): number => items.filter(test).length
    const nurses = roles.filter(({ profession }) => profession === 'NURSE')
    const names = people.map(({ lastName, firstName }) => `${nameKey(lastName)} ${nameKey(firstName)}`)
    const spellings = new Set(
      people.map(({ lastName }) => lastName).filter((name) => nameKey(name) === 'vandenberghe'),
    )
    expect(count(nurses, ({ nihii8 }) => nihii8 === undefined)).toBeGreaterThan(nurses.length / 3)
    expect(20_000 - new Set(names).size).toBeGreaterThan(200)
    expect(spellings.size).toBeGreaterThan(1)
    expect(count(people, ({ lastName }) => /^(Van|De) /.test(lastName))).toBeGreaterThan(1_000)
    expect(count(people, ({ lastName }) => lastName.includes('-'))).toBeGreaterThan(200)
    expect(count(people, (person) => person.roles.length > 1)).toBeGreaterThan(2_000)
    expect(count(people, ({ deceased }) => deceased)).toBeGreaterThan(50)
    expect(count(roles, ({ licenceToPractise }) => !licenceToPractise)).toBeGreaterThan(100)
    expect(count(roles, ({ location }) => location.nl !== location.fr)).toBeGreaterThan(2_000)
    expect(new Set(organisations.map(({ cdHcparty }) => cdHcparty)).size).toBe(6)
  })
})

describe('searching all of it', () => {
  const index = createDirectoryIndex(people, NOW_MS)

  it('finds everybody of a profession who practises, once, in the order of the alphabet', () => {
    const practising = people.filter(
      ({ deceased, roles }) =>
        !deceased && roles.some((role) => role.profession === 'NURSE' && isRoleActive(role, NOW_MS)),
    )
    const found: string[] = []
    const names: string[] = []
    let total = 0
    for (let offset = 0; offset <= total && offset <= 10_000; offset += 100) {
      const page = index.search({ profession: 'NURSE' }, { limit: 100, offset })
      total = page.total
      found.push(...page.rows.map(({ personId }) => personId))
      names.push(...page.rows.map(({ lastName, firstName }) => `${nameKey(lastName)} ${nameKey(firstName)}`))
    }
    expect(total).toBe(practising.length)
    expect(new Set(found)).toEqual(new Set(practising.map(({ personId }) => personId)))
    expect(names).toEqual([...names].sort())
  })

  it('finds the people of an organisation by its enterprise number', () => {
    const { rows } = index.search({ text: 'BE 0200.000.142' }, { limit: 10, offset: 0 })
    expect(rows.map(({ personId }) => personId).sort()).toEqual(['demo-annelies', 'demo-nathalie'])
  })
})

describe('the demo people', () => {
  it('can be looked up by what a sign-in proves, and found by name', () => {
    const index = createDirectoryIndex(people)
    for (const demo of demoPeople) {
      expect(isSsinValid(demo.ssin)).toBe(true)
      expect(isNihiiValid(demo.nihii11?.slice(0, 8) ?? '')).toBe(true)
      expect(index.bySsinHmac(computeSsinHmac(sandboxSsinKey, demo.ssin))?.personId).toBe(demo.personId)
      expect(index.byNihii8(demo.nihii11?.slice(0, 8) ?? '')?.personId).toBe(demo.personId)
      const { rows } = index.search(
        { text: `${demo.lastName} ${demo.firstName} ${demo.postcode}` },
        { limit: 5, offset: 0 },
      )
      expect(rows[0]).toMatchObject({ personId: demo.personId, matched: { kind: 'exact' } })
    }
    expect(new Set([...demoPeople, ...namesakes].map(({ slug }) => slug)).size).toBe(
      demoPeople.length + namesakes.length,
    )
  })

  it('have namesakes near by, so that nobody is taken for another', () => {
    const index = createDirectoryIndex(people)
    const near = index.search({ text: 'lemaire anne-sophie woluwe' }, { limit: 10, offset: 0 })
    expect(near.rows.map(({ personId }) => personId).sort()).toEqual([
      'demo-anne-sophie',
      'demo-anne-sophie-2',
    ])
    expect(index.search({ text: 'van den berghe ixelles' }, { limit: 10, offset: 0 }).total).toBeGreaterThan(
      1,
    )
  })

  it('are looked up under the key that was handed in', () => {
    const ssinKey = new Uint8Array(32).fill(9)
    const index = createDirectoryIndex(generateSandbox({ seed: 1, people: 20, ssinKey }).people)
    const ssin = demoPeople[0]?.ssin ?? ''
    expect(index.bySsinHmac(computeSsinHmac(ssinKey, ssin))?.personId).toBe('demo-nathalie')
    expect(index.bySsinHmac(computeSsinHmac(sandboxSsinKey, ssin))).toBeUndefined()
  })
})
