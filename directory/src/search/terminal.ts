// Searching from a terminal, as a user would see it:
//   npm run directory:search -- "van den berghe ixelles"
// Not concerned with where the people come from: whoever calls opens the index.

import { parseArgs } from 'node:util'
import { DirectoryError } from '../errors.ts'
import { belgianPlaces } from '../names/places.ts'
import { titleOf } from '../professions/cd-hcparty.ts'
import { type FourNames, professionCodes } from '../professions/professions.ts'
import type { DirectoryIndex } from './directory-index.ts'
import type { RowRole, SearchQuery, SearchRefusal, SearchResult, SearchRow } from './query.ts'

type Language = keyof FourNames

const USAGE = `Usage: npm run directory:search -- "van den berghe ixelles"
  --last-name, --first-name, --place, --profession NURSE, --specialty, --organisation, --identifier
                       by field, beside or instead of the words
  --lang fr|nl|en|de   language of professions and places (fr)
  --near 1150          postcode of the searcher: people there come first
  --limit 10           rows to show, 100 at most
  --offset 0           rows to skip
  --people 20000       searches invented people, so many of them, also where a register was taken in
  --seed 1             their seed
  --json               one JSON object on one line`

const REFUSALS: Readonly<Record<SearchRefusal, string>> = {
  'nihii-checksum': 'The check digits of this NIHII number are wrong: is a digit missing or exchanged?',
  'cbe-checksum': 'The check digits of this enterprise number are wrong: is a digit missing or exchanged?',
  'identifier-format': 'A NIHII number has 8 or 11 digits, an enterprise number 10.',
  'ssin-not-searched': 'This is a national number. People are not searched for by it.',
}

/** Invented people that were asked for by number or seed. */
export interface AskedSandbox {
  readonly people: number
  readonly seed: number
}

/** `asked` undefined: the register that was taken in, if there is one. */
export type OpenIndex = (asked: AskedSandbox | undefined) => Promise<DirectoryIndex>

/** @returns the exit code */
export async function searchInTerminal(argv: readonly string[], open: OpenIndex): Promise<number> {
  try {
    return await search(argv, open)
  } catch (error) {
    const isOurs = error instanceof DirectoryError || (error instanceof TypeError && 'code' in error)
    if (!isOurs) throw error
    console.error(error.message)
    return 2
  }
}

async function search(argv: readonly string[], open: OpenIndex): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      'last-name': { type: 'string' },
      'first-name': { type: 'string' },
      place: { type: 'string' },
      profession: { type: 'string' },
      specialty: { type: 'string' },
      organisation: { type: 'string' },
      identifier: { type: 'string' },
      lang: { type: 'string', default: 'fr' },
      near: { type: 'string' },
      limit: { type: 'string', default: '10' },
      offset: { type: 'string', default: '0' },
      people: { type: 'string' },
      seed: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const query = readQuery(positionals.join(' ').trim(), values)
  const text = Object.values(query).join(' ')
  if (values.help || text === '') {
    console.error(USAGE)
    return values.help ? 0 : 2
  }
  const { people = '20000', seed = '1' } = values
  const asked = { people: wholeNumber(people), seed: wholeNumber(seed) }
  if (asked.people < 0 || asked.seed < 0) {
    console.error(USAGE)
    return 2
  }
  const language = (['fr', 'nl', 'en', 'de'] as const).find((known) => known === values.lang) ?? 'fr'
  const isAsked = values.people !== undefined || values.seed !== undefined
  const index = await open(isAsked ? asked : undefined)
  const nearNsi = values.near === undefined ? undefined : belgianPlaces().locationOf(values.near)?.nsi
  const paging = { limit: wholeNumber(values.limit), offset: wholeNumber(values.offset) }
  const result = index.search(query, nearNsi === undefined ? paging : { ...paging, nearNsi })
  console.log(values.json ? JSON.stringify({ query: text, ...result }) : describe(text, result, language))
  return 0
}

/** The words and the fields that were given. */
function readQuery(
  text: string,
  values: Readonly<Record<string, string | boolean | undefined>>,
): SearchQuery {
  const profession = professionCodes.find((code) => code === values.profession)
  const fields = {
    text: text === '' ? undefined : text,
    lastName: values['last-name'],
    firstName: values['first-name'],
    place: values.place,
    specialty: values.specialty,
    organisation: values.organisation,
    identifier: values.identifier,
  }
  const given = Object.entries(fields).filter(([, value]) => typeof value === 'string')
  return { ...Object.fromEntries(given), ...(profession === undefined ? {} : { profession }) }
}

/** Not a number becomes −1, which the directory refuses with a sentence. */
const wholeNumber = (typed: string): number => (/^\d{1,9}$/.test(typed) ? Number(typed) : -1)

function describe(text: string, result: SearchResult, language: Language): string {
  if (result.refusal !== undefined) return REFUSALS[result.refusal]
  if (result.total === 0) {
    const elsewhere =
      result.elsewhere === undefined ? '' : ` ${result.elsewhere} elsewhere: search without the place.`
    return `Nobody found for "${text}".${elsewhere}`
  }
  const shown = result.rows.length < result.total ? `, ${result.rows.length} shown` : ''
  return [
    `${result.total} found for "${text}"${shown}`,
    ...result.rows.map((row) => describeRow(row, language)),
  ].join('\n')
}

const HOW: Partial<Record<SearchRow['matched']['kind'], string>> = {
  near: 'spelt differently',
  sound: 'sounds alike',
}

function describeRow(row: SearchRow, language: Language): string {
  const how = HOW[row.matched.kind]
  const marks = [...(how === undefined ? [] : [how]), ...(row.deceased ? ['deceased'] : [])]
  const name = `${row.lastName} ${row.firstName}${marks.length > 0 ? ` (${marks.join(', ')})` : ''}`
  const [first = '', ...others] = row.roles.map((role) => describeRole(role, language))
  return [`  ${name.padEnd(34)} ${first}`, ...others.map((role) => `  ${''.padEnd(34)} ${role}`)].join('\n')
}

function describeRole(role: RowRole, language: Language): string {
  const { place } = role
  const name = language === 'nl' ? place.nl : language === 'de' ? (place.de ?? place.fr) : place.fr
  const where = [
    ...(role.organisation === undefined ? [] : [role.organisation]),
    `${place.postcode} ${name}`,
  ].join(', ')
  return `${titleOf(role.cdHcparty, language)} · ${where}${role.active ? '' : ' (not in practice)'}`
}
