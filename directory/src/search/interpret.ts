// What a question may mean. One box holds a last name, a first name, a place and a profession in any order, and
// words can be several of these: `Mons` is a place and a surname, `Arts` a profession and a surname. So all
// readings are tried, and the ranking sorts out which one was meant.
// Not concerned with whether anybody answers to them (match-names.ts).

import { nameKey, nameWords } from '../names/fold.ts'
import type { PlaceMatch, Places } from '../names/places.ts'
import { type ProfessionFilter, professionWords } from '../professions/profession-words.ts'
import type { SearchQuery } from './query.ts'

/** One reading. Names are joined folded keys, empty where none was typed. */
export interface Reading {
  readonly last: string
  readonly first: string
  readonly nsis?: ReadonlySet<string>
  readonly profession?: ProfessionFilter
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
}

/**
 * @param allowNearPlaces also take a misspelt place for one: for a second attempt, when nothing else was found
 * @returns the readings, none for a question without letters or with an unknown place in its own field
 */
export function interpret(query: SearchQuery, places: Places, allowNearPlaces: boolean): Reading[] {
  const fieldPlace = query.place?.trim() ? places.find(query.place) : undefined
  if (query.place?.trim() && fieldPlace === undefined) return []
  const field = {
    ...(fieldPlace === undefined ? {} : { place: fieldPlace }),
    ...(query.profession === undefined ? {} : { profession: { profession: query.profession } }),
  }
  const words = withoutTitles(nameWords(query.text ?? '').slice(0, MAX_WORDS))
  let recognised: Recognised[] = [{ words, ...field }]
  if (field.place === undefined)
    recognised = recognised.flatMap((one) => [one, ...recognisePlace(one, places, allowNearPlaces)])
  recognised = recognised.flatMap((one) => [one, ...recogniseProfession(one)])
  const fields = { last: nameKey(query.lastName ?? ''), first: nameKey(query.firstName ?? '') }
  return distinct(recognised.flatMap((one) => readNames(one, fields, field.place !== undefined)))
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

/** All [start, end) of at most `longest` words, the longest first. */
function spans(count: number, longest: number): [number, number][] {
  const all: [number, number][] = []
  for (let length = Math.min(longest, count); length > 0; length--) {
    for (let start = 0; start + length <= count; start++) all.push([start, start + length])
  }
  return all
}

/** The remaining words as last name and first name, in both orders, beside what the fields say. */
function readNames(
  from: Recognised,
  fields: { last: string; first: string },
  placeWasSure: boolean,
): Reading[] {
  const { words, place, profession } = from
  const filters = {
    ...(place === undefined ? {} : { nsis: place.nsis }),
    ...(profession === undefined ? {} : { profession }),
    tentative: !placeWasSure && (place?.kind === 'prefix' || place?.kind === 'near'),
  }
  // A first name alone is too little beside a place that is only half said: `Anne Petit` means no Anne in Petit-Rechain.
  const isPlaceSure = placeWasSure || place === undefined || place.kind === 'exact'
  return splitNames(words, fields)
    .filter(({ last, first }) => isPlaceSure || last !== '' || first === '')
    .map((names) => ({ ...names, ...filters }))
}

function splitNames(
  words: readonly string[],
  fields: { last: string; first: string },
): { last: string; first: string }[] {
  const { last, first } = fields
  const all = words.join('')
  if (all === '') return [{ last, first }]
  if (last !== '' && first !== '') return []
  if (last !== '') return [{ last, first: all }]
  if (first !== '') return [{ last: all, first }]
  const splits = [{ last: all, first: '' }]
  for (let at = 1; at < words.length; at++) {
    const [front, back] = [words.slice(0, at).join(''), words.slice(at).join('')]
    splits.push({ last: front, first: back }, { last: back, first: front })
  }
  return [...splits, { last: '', first: all }]
}

function distinct(readings: Reading[]): Reading[] {
  const seen = new Map<string, Reading>()
  for (const reading of readings) {
    const asks =
      reading.last !== '' ||
      reading.first !== '' ||
      reading.nsis !== undefined ||
      reading.profession !== undefined
    if (!asks) continue
    const { last, first, nsis, profession, tentative } = reading
    const identity = JSON.stringify([last, first, nsis && [...nsis], profession, tentative])
    if (!seen.has(identity)) seen.set(identity, reading)
  }
  return [...seen.values()].slice(0, MAX_READINGS)
}
