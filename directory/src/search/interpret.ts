// What a question may mean. One box holds a last name, a first name, a place and a profession in any order, and
// words can be several of these: `Mons` is a place and a surname, `Arts` a profession and a surname. So all
// readings are tried, and the ranking sorts out which one was meant.
// Not concerned with whether anybody answers to them (match-names.ts).

import { nameWords } from '../names/fold.ts'
import { coreKey } from '../names/particles.ts'
import type { PlaceMatch, Places } from '../names/places.ts'
import { type ProfessionFilter, professionWords } from '../professions/profession-words.ts'
import { findSpecialty, specialtyWords } from '../professions/specialty-words.ts'
import type { SearchQuery } from './query.ts'

/** One reading. Names are joined folded keys, empty where none was typed. */
export interface Reading {
  readonly last: string
  readonly first: string
  /** `last` without its particles; empty if it has none */
  readonly core: string
  readonly nsis?: ReadonlySet<string>
  /** beside `nsis`: the rest of the agglomeration */
  readonly around?: ReadonlySet<string>
  readonly profession?: ProfessionFilter
  /** CD-HCPARTY codes of a person or a department */
  readonly specialty?: ReadonlySet<string>
  /** words of an organisation's name */
  readonly house?: readonly string[]
  /** the place was only begun: a match must not pass for one in that very place */
  readonly tentative: boolean
}

const MAX_WORDS = 12
const MAX_READINGS = 96
const MAX_PLACE_WORDS = 6
const MAX_PROFESSION_WORDS = 4
const TITLES = new Set([
  'dr',
  'docteur',
  'dokter',
  'doctor',
  'prof',
  'professeur',
  'professor',
  'mme',
  'madame',
  'mevr',
  'mevrouw',
  'monsieur',
  'dhr',
])
const BEFORE_A_PLACE = new Set(['a', 'au', 'te', 'in', 'at', 'bei'])

/** A filter that was recognised, and the words that remain. */
interface Recognised {
  readonly words: readonly string[]
  readonly place?: PlaceMatch
  readonly profession?: ProfessionFilter
  readonly specialty?: ReadonlySet<string>
  readonly house?: readonly string[]
}

/**
 * How far one goes to understand a question; the next only when nobody was found. `plain`: as it stands. `slips`: a
 * misspelt place is one too. `houses`: some of the words may name the house where somebody works.
 */
export const efforts = ['plain', 'slips', 'houses'] as const
export type Effort = (typeof efforts)[number]

/** @returns the readings, none for a question without letters or with an unknown place or specialty in its own field */
export function interpret(query: SearchQuery, places: Places, effort: Effort): Reading[] {
  const field = readFields(query, places)
  if (field === undefined) return []
  const fields = { last: nameWords(query.lastName ?? ''), first: nameWords(query.firstName ?? '') }
  const placeIsSure = field.place !== undefined
  const words = withoutTitles(nameWords(query.name ?? query.text ?? '').slice(0, MAX_WORDS))
  if (query.name !== undefined) return distinct(readNames({ words, ...field }, fields, placeIsSure))
  let recognised: Recognised[] = [{ words, ...field }]
  if (field.place === undefined)
    recognised = recognised.flatMap((one) => [one, ...recognisePlace(one, places, effort !== 'plain')])
  const unnamed = recognised
  recognised = recognised.flatMap((one) => [one, ...recogniseProfession(one), ...recogniseSpecialty(one)])
  const readings = recognised.flatMap((one) => [
    ...readNames(one, fields, placeIsSure),
    ...readExchanged(one, fields, placeIsSure),
  ])
  const houses =
    field.house === undefined ? unnamed.flatMap((one) => recogniseHouse(one, fields, effort)) : []
  const inHouses = houses.flatMap((one) => readNames(one, fields, placeIsSure))
  return distinct(effort === 'houses' ? [...inHouses, ...readings] : [...readings, ...inHouses])
}

/** What has a field of its own; undefined if nothing is known by that name. */
function readFields(query: SearchQuery, places: Places): Omit<Recognised, 'words'> | undefined {
  const place = query.place?.trim() ? places.find(query.place) : undefined
  const specialty = query.specialty?.trim() ? findSpecialty(query.specialty) : undefined
  const house = nameWords(query.organisation ?? '')
  if (query.place?.trim() && place === undefined) return undefined
  if (query.specialty?.trim() && specialty === undefined) return undefined
  return {
    ...(place === undefined ? {} : { place }),
    ...(query.profession === undefined ? {} : { profession: { profession: query.profession } }),
    ...(specialty === undefined ? {} : { specialty }),
    ...(house.length === 0 ? {} : { house }),
  }
}

function withoutTitles(words: string[]): string[] {
  const rest = words.filter((word) => !TITLES.has(word))
  return rest.length > 0 ? rest : words
}

function recognisePlace(from: Recognised, places: Places, allowNear: boolean): Recognised[] {
  const { words } = from
  const found = spans(words.length, MAX_PLACE_WORDS).flatMap(([start, end]) => {
    const place = places.find(words.slice(start, end).join(' '))
    return place === undefined ? [] : { start, end, place }
  })
  const hasPlace = found.some(({ place }) => place.kind === 'exact' || place.kind === 'word')
  return found.flatMap(({ start, end, place }) => {
    // Only the last words can be unfinished. A slip is the last thing to think of, and never beside a real place.
    if (place.kind === 'prefix' && end < words.length) return []
    if (place.kind === 'near' && (hasPlace || !allowNear)) return []
    const keepUntil = start > 0 && BEFORE_A_PLACE.has(words[start - 1] ?? '') ? start - 1 : start
    return { ...from, place, words: [...words.slice(0, keepUntil), ...words.slice(end)] }
  })
}

function recogniseProfession(from: Recognised): Recognised[] {
  const { words } = from
  return spans(words.length, MAX_PROFESSION_WORDS).flatMap(([start, end]) => {
    const profession = professionWords().get(words.slice(start, end).join(''))
    const asked = from.profession?.profession ?? profession?.profession
    if (profession === undefined || profession.profession !== asked) return []
    return { ...from, profession, words: [...words.slice(0, start), ...words.slice(end)] }
  })
}

function recogniseSpecialty(from: Recognised): Recognised[] {
  const { words } = from
  if (from.specialty !== undefined) return []
  return spans(words.length, MAX_PROFESSION_WORDS).flatMap(([start, end]) => {
    const specialty = specialtyWords().get(words.slice(start, end).join(''))
    if (specialty === undefined) return []
    return { ...from, specialty, words: [...words.slice(0, start), ...words.slice(end)] }
  })
}

/** The words as the name of a house; with effort, the first or the last of them only. */
function recogniseHouse(from: Recognised, fields: SplitName, effort: Effort): Recognised[] {
  const { words } = from
  const hasFields = fields.last.length > 0 || fields.first.length > 0
  const needed = from.place === undefined && !hasFields ? 2 : 1
  if (words.length < needed && effort !== 'houses') return []
  if (words.length === 0) return []
  const whole = { ...from, house: words, words: [] }
  if (effort !== 'houses' || hasFields) return [whole]
  const parts = words.slice(1).flatMap((_, at) => {
    const [front, back] = [words.slice(0, at + 1), words.slice(at + 1)]
    return [
      { ...from, words: front, house: back },
      { ...from, words: back, house: front },
    ]
  })
  return [whole, ...parts]
}

/** All [start, end) of at most `longest` words, the longest first. */
function spans(count: number, longest: number): [number, number][] {
  const all: [number, number][] = []
  for (let length = Math.min(longest, count); length > 0; length--) {
    for (let start = 0; start + length <= count; start++) all.push([start, start + length])
  }
  return all
}

/** The remaining words as last name and first name, in both orders, beside what the fields say. */
function readNames(from: Recognised, fields: SplitName, placeWasSure: boolean): Reading[] {
  const { words, place, profession, specialty, house } = from
  const filters = {
    ...(place === undefined ? {} : { nsis: place.nsis }),
    ...(place?.around === undefined ? {} : { around: place.around }),
    ...(profession === undefined ? {} : { profession }),
    ...(specialty === undefined ? {} : { specialty }),
    ...(house === undefined ? {} : { house }),
    tentative: !placeWasSure && (place?.kind === 'prefix' || place?.kind === 'near'),
  }
  // A first name alone is too little beside a place that is only half said: `Anne Petit` means no Anne in Petit-Rechain.
  const isPlaceSure = placeWasSure || place === undefined || place.kind === 'exact'
  return splitNames(words, fields)
    .filter(({ last, first }) => isPlaceSure || last.length > 0 || first.length === 0)
    .map(({ last, first }) => ({ ...joinNames(last, first), ...filters }))
}

/** Last and first name typed into each other's fields: thought of, but after those who were asked for. */
function readExchanged(from: Recognised, { last, first }: SplitName, placeWasSure: boolean): Reading[] {
  if (last.length === 0 || first.length === 0) return []
  return readNames(from, { last: first, first: last }, placeWasSure).map((reading) => ({
    ...reading,
    tentative: true,
  }))
}

interface SplitName {
  readonly last: readonly string[]
  readonly first: readonly string[]
}

function joinNames(last: readonly string[], first: readonly string[]) {
  const joined = last.join('')
  const core = coreKey(last)
  return { last: joined, first: first.join(''), core: core === joined ? '' : core }
}

function splitNames(words: readonly string[], { last, first }: SplitName): SplitName[] {
  if (words.length === 0) return [{ last, first }]
  if (last.length > 0 && first.length > 0) return []
  if (last.length > 0) return [{ last, first: words }]
  if (first.length > 0) return [{ last: words, first }]
  const splits: SplitName[] = [{ last: words, first: [] }]
  for (let at = 1; at < words.length; at++) {
    const [front, back] = [words.slice(0, at), words.slice(at)]
    splits.push({ last: front, first: back }, { last: back, first: front })
  }
  return [...splits, { last: [], first: words }]
}

function distinct(readings: Reading[]): Reading[] {
  const seen = new Map<string, Reading>()
  for (const reading of readings) {
    const { last, first, nsis, profession, specialty, house, tentative } = reading
    const asks =
      last !== '' || first !== '' || nsis !== undefined || profession !== undefined || specialty || house
    if (!asks) continue
    const filters = [nsis && [...nsis], profession, specialty && [...specialty], house]
    const identity = JSON.stringify([last, first, tentative, ...filters])
    if (!seen.has(identity)) seen.set(identity, reading)
  }
  return [...seen.values()].slice(0, MAX_READINGS)
}
