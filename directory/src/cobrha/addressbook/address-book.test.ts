import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { computeSsinHmac } from '../../identifiers/ssin-lookup.ts'
import { demoPeople, namesakes } from '../../sandbox/demo-people.ts'
import { generateSandbox, openSandboxRegister } from '../../sandbox/generate.ts'
import { type SandboxServer, startSandboxServer } from '../../sandbox-server/server.ts'
import { type AddressBook, type AddressBookOptions, createAddressBook } from './address-book.ts'
import { isSamePerson } from './join.ts'
import { eachOfAllPages } from './pages.ts'

const ssinKey = new Uint8Array(32).fill(5)
const lookUp = (ssin: string): string => computeSsinHmac(ssinKey, ssin)
const francoise = namesakes.find(({ slug }) => slug === 'francoise')!
const anySsin = new RegExp([...demoPeople, ...namesakes].map(({ ssin }) => ssin).join('|'))

let server: SandboxServer
const books: AddressBook[] = []

function openBook(options: Partial<AddressBookOptions> = {}, of: SandboxServer = server): AddressBook {
  const book = createAddressBook({ url: `${of.url}/AddressBook/v1`, ssinKey, pauseMs: 1, ...options })
  books.push(book)
  return book
}

const order = (path: string, body: unknown): Promise<Response> =>
  fetch(`${server.url}/sandbox/${path}`, { method: 'POST', body: JSON.stringify(body) })

beforeAll(async () => {
  server = await startSandboxServer({ seed: 1, people: 1_000 })
})
afterAll(async () => {
  for (const book of books) book.close()
  await server.close()
})

describe('the AddressBook', () => {
  it('finds a person by name and profession, by NIHII and by SSIN, and hands out no SSIN', async () => {
    const book = openBook()
    const byName = await book.searchProfessionals({ lastName: 'Van den Berghe*', profession: 'PHYSICIAN' })
    const byNihii = await book.searchProfessionals({ nihii: '18749704477' })
    const bySsin = await book.searchProfessionals({ ssin: francoise.ssin })
    expect(bySsin).toHaveLength(1)
    expect(byNihii).toEqual(bySsin)
    expect(byName).toContainEqual(bySsin[0])
    expect(bySsin[0]).toMatchObject({
      ssinHmac: lookUp(francoise.ssin),
      lastName: 'VAN DEN BERGHE',
      firstName: 'FRANÇOISE',
      professions: [{ code: 'PHYSICIAN', names: { fr: 'Médecin', nl: 'Arts' } }],
    })
    expect(JSON.stringify([byName, byNihii, bySsin])).not.toMatch(anySsin)
    expect(JSON.stringify(bySsin)).not.toMatch(/Street|ehealthbox/i)
  })

  it('finds by place in every language of it', async () => {
    const book = openBook()
    const names = (found: readonly { lastName: string }[]): string[] => found.map(({ lastName }) => lastName)
    const here = await book.searchProfessionals({ profession: 'PHARMACIST', zipCode: '1200' })
    expect(names(here)).toContain('VAN DEN BERGHE')
    for (const city of ['Woluwe-Saint-Lambert', 'Sint-Lambrechts-Woluwe'])
      expect(names(await book.searchProfessionals({ profession: 'PHARMACIST', city }))).toContain(
        'VAN DEN BERGHE',
      )
    expect(await book.searchProfessionals({ profession: 'PHARMACIST', city: 'Nowhere' })).toEqual([])
  })

  it('gives addresses and eHealthBoxes of one person and one organisation, and nothing of nobody', async () => {
    const book = openBook()
    const contact = await book.professionalContact({ nihii: francoise.nihii11! })
    expect(contact?.practices[0]).toMatchObject({
      addresses: [
        { zipCode: '1050', nsi: '21009', municipality: { fr: 'Ixelles', nl: 'Elsene' }, country: 'BE' },
      ],
      eHealthBoxes: [{ id: '18749704', type: 'NIHII', quality: 'DOCTOR' }],
    })
    expect(await book.professionalContact({ nihii: '99999999' })).toBeUndefined()
    const organisation = await book.organisationContact({ cbe: '0200000142' })
    expect(organisation?.names).toEqual({ fr: 'Pharmacie Van den Berghe – De Smet' })
    expect(organisation?.addresses[0]?.zipCode).toBe('1200')
    const found = await book.searchOrganisations({ institutionName: 'pharmacie van den*' })
    expect(found[0]?.cbe).toBe('0200000142')
  })

  it('joins people by SSIN or by the first eight digits of the NIHII', async () => {
    const { people } = generateSandbox({ seed: 1, people: 20, ssinKey })
    const person = people.find(({ personId }) => personId === francoise.personId)!
    const [found] = await openBook().searchProfessionals({ nihii: '18749704999' })
    expect(isSamePerson(person, found!, found!.professions)).toBe(true)
    const { ssinHmac: _, ...withoutSsin } = found!
    expect(isSamePerson(person, withoutSsin, found!.professions)).toBe(true)
    expect(isSamePerson(people[0]!, withoutSsin, found!.professions)).toBe(false)
  })

  it('refuses what the service would refuse, without sending it', async () => {
    const book = openBook({ url: 'https://register.invalid/AddressBook/v1', tries: 1 })
    const refused = (code: string, message: string): unknown => expect.objectContaining({ code, message })
    await expect(book.searchProfessionals({ lastName: 'JANSSENS' })).rejects.toThrow(
      refused('criteria-combination', 'This combination of search criteria is not supported.'),
    )
    await expect(
      book.searchProfessionals({ nihii: '18749704' }, { offset: 0, maxElements: 101 }),
    ).rejects.toThrow(refused('criteria-max-elements', 'The maxElements paging attribute is too high.'))
    await expect(book.searchProfessionals({ nihii: '18749704' })).rejects.toThrow(
      expect.objectContaining({ code: 'source-unavailable' }),
    )
  })

  it('speaks plain HTTP to this machine only', async () => {
    await expect(
      openBook({ url: 'http://register.invalid/AddressBook/v1' }).searchProfessionals({ nihii: '18749704' }),
    ).rejects.toThrow(expect.objectContaining({ code: 'source-refused' }))
  })
})

describe('paging without a total', () => {
  it.each([99, 100, 101])('finds all %i, each once', async (nurses) => {
    let people = 0
    let counted = 0
    for (const { person } of openSandboxRegister(3).people()) {
      if (counted === nurses) break
      people += 1
      if (person.roles.some(({ profession }) => profession === 'NURSE')) counted += 1
    }
    const small = await startSandboxServer({ seed: 3, people })
    const found: string[] = []
    const all = openBook({}, small).allProfessionals({ lastName: '*', profession: 'NURSE' })
    for await (const { ssinHmac } of all) found.push(ssinHmac ?? '')
    expect(found).toHaveLength(nurses)
    expect(new Set(found).size).toBe(nurses)
    await small.close()
  })

  it('asks again after a full page only, and not for ever', async () => {
    const offsets: number[] = []
    const readAll = async (total: number): Promise<number> => {
      let read = 0
      const pages = eachOfAllPages(async ({ offset, maxElements }) => {
        offsets.push(offset)
        return Array.from({ length: Math.min(maxElements, total - offset) })
      })
      for await (const _ of pages) read += 1
      return read
    }
    for (const [total, asked] of [
      [0, [0]],
      [99, [0]],
      [100, [0, 100]],
      [101, [0, 100]],
    ] as const) {
      offsets.length = 0
      expect(await readAll(total)).toBe(total)
      expect(offsets).toEqual(asked)
    }
    await expect(readAll(Number.POSITIVE_INFINITY)).rejects.toThrow(
      expect.objectContaining({ code: 'source-too-large' }),
    )
  })
})

describe('a service in trouble', () => {
  const question = { nihii: '18749704' }

  it.each([
    ['wrong-namespace', 'source-malformed'],
    ['truncated', 'source-malformed'],
    ['not-xml', 'source-malformed'],
    ['entities', 'source-malformed'],
    ['deep', 'source-too-large'],
    ['huge', 'source-too-large'],
    ['error-500', 'source-unavailable'],
    ['error-503', 'source-unavailable'],
    ['cut-off', 'source-unavailable'],
  ])('%s is %s, and then all is well again', async (kind, code) => {
    const book = openBook({ tries: 1 })
    await order('faults', { kind, face: 'addressbook' })
    await expect(book.searchProfessionals(question)).rejects.toThrow(expect.objectContaining({ code }))
    expect(await book.searchProfessionals(question)).toHaveLength(1)
  })

  it('is tried again while it is away', async () => {
    await order('faults', { kind: 'error-503', next: 3, face: 'addressbook' })
    expect(await openBook({ tries: 4 }).searchProfessionals(question)).toHaveLength(1)
  })

  it('is not waited for longer than said', async () => {
    await order('faults', { kind: 'slow', delayMs: 60_000, face: 'addressbook' })
    await expect(openBook({ tries: 1, silenceMs: 100 }).searchProfessionals(question)).rejects.toThrow(
      expect.objectContaining({ code: 'source-unavailable' }),
    )
    await order('faults', { kind: 'slow', delayMs: 60_000, face: 'addressbook' })
    expect(await openBook({ tries: 5, silenceMs: 1_000 }).searchProfessionals(question)).toHaveLength(1)
  })

  it('can be given up', async () => {
    await order('faults', { kind: 'slow', delayMs: 60_000, face: 'addressbook' })
    const giveUp = new AbortController()
    const asked = openBook().searchProfessionals(question, undefined, { signal: giveUp.signal })
    giveUp.abort(new Error('enough'))
    await expect(asked).rejects.toThrow('enough')
    await fetch(`${server.url}/sandbox/faults`, { method: 'DELETE' })
  })
})

describe('the SAML token', () => {
  const assertion = '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_1"/>'
  let strict: SandboxServer
  beforeAll(async () => {
    strict = await startSandboxServer({ seed: 1, people: 20, needsSaml: true })
  })
  afterAll(() => strict.close())

  it('is in the security header of every request', async () => {
    for (const token of [assertion, `<?xml version="1.0"?>\n${assertion}\n`]) {
      const book = openBook({ samlToken: async () => token }, strict)
      expect(await book.searchProfessionals({ nihii: '18749704' })).toHaveLength(1)
    }
  })

  it('is asked for when it is missing, and must be a SAML assertion', async () => {
    const unauthorised = expect.objectContaining({ code: 'source-unauthorised' })
    await expect(openBook({}, strict).searchProfessionals({ nihii: '18749704' })).rejects.toThrow(
      unauthorised,
    )
    for (const token of ['', 'token', '<Assertion/>', `${assertion}<b/>`, `</wsse:Security>${assertion}`]) {
      const book = openBook({ samlToken: async () => token }, strict)
      await expect(book.searchProfessionals({ nihii: '18749704' })).rejects.toThrow(unauthorised)
    }
  })
})
