// Last and first names as dictionaries, each key with the people who bear it. People are sorted by last name, so a
// last key, or a beginning of one, is a range of ordinals.
// Not concerned with roles (role-columns.ts) nor with grading a match (match-names.ts).

import { nameKey, nameWords } from '../names/fold.ts'
import { createKeyDictionary, type KeyDictionary } from '../names/key-dictionary.ts'
import { coreKey, laterBeginnings } from '../names/particles.ts'
import { phoneticKey } from '../names/phonetic.ts'
import { createPostings, type Postings } from './postings.ts'

export interface KeyedPostings {
  readonly keys: KeyDictionary
  /** by position in `keys` */
  readonly postings: Postings
}

export interface LastNames {
  readonly keys: KeyDictionary
  /** people of last key k are the ordinals [start[k], start[k + 1]) */
  readonly start: Uint32Array
  /** `berghe` of Van den Berghe → last keys */
  readonly later: KeyedPostings
  /** the name without any particle, `berghe` of Van den Berghe too → last keys */
  readonly cores: KeyedPostings
  /** sound → last keys */
  readonly sounds: KeyedPostings
}

export interface FirstNames {
  readonly keys: KeyDictionary
  /** first key of each ordinal */
  readonly keyOf: Uint32Array
  /** first key → ordinals */
  readonly people: Postings
  /** `anne`, `sophie` of Anne-Sophie → first keys */
  readonly words: KeyedPostings
  /** sound → first keys */
  readonly sounds: KeyedPostings
}

/** A name as people write it, and the numbers of those that share its key. */
export interface SpelledNames {
  readonly keys: KeyDictionary
  /** spelling number → position of its key */
  readonly keyOfSpelling: Uint32Array
}

/** Names repeat: each spelling is folded once. */
export function fileSpellings(spellings: readonly string[]): SpelledNames {
  const folded = spellings.map(nameKey)
  const keys = createKeyDictionary(folded)
  return { keys, keyOfSpelling: Uint32Array.from(folded, (key) => keys.find(key)) }
}

/** @param keyOf last key of each ordinal; people are sorted by it */
export function indexLastNames(
  spellings: readonly string[],
  { keys, keyOfSpelling }: SpelledNames,
  keyOf: Uint32Array,
): LastNames {
  const start = new Uint32Array(keys.keys.length + 1)
  for (const key of keyOf) start[key + 1] = (start[key + 1] ?? 0) + 1
  for (let key = 0; key < keys.keys.length; key++) start[key + 1] = (start[key + 1] ?? 0) + (start[key] ?? 0)
  const toKey = (spelling: number) => keyOfSpelling[spelling] ?? 0
  return {
    keys,
    start,
    later: mapPostings(group(spellings, laterBeginnings), toKey),
    cores: mapPostings(
      group(spellings, (spelling) => [coreKey(nameWords(spelling))]),
      toKey,
    ),
    sounds: group(keys.keys, (lastKey) => [phoneticKey(lastKey)]),
  }
}

/** @param keyOf first key of each ordinal */
export function indexFirstNames(
  spellings: readonly string[],
  { keys, keyOfSpelling }: SpelledNames,
  keyOf: Uint32Array,
): FirstNames {
  return {
    keys,
    keyOf,
    people: createPostings(keys.keys.length, (add) => {
      keyOf.forEach((key, ordinal) => {
        add(key, ordinal)
      })
    }),
    words: mapPostings(group(spellings, wordsWithin), (spelling) => keyOfSpelling[spelling] ?? 0),
    sounds: group(keys.keys, (key) => [phoneticKey(key)]),
  }
}

const mapPostings = (
  { keys, postings }: KeyedPostings,
  change: (value: number) => number,
): KeyedPostings => ({
  keys,
  postings: postings.mapTo(change),
})

/** Every run of words but the whole: `Anne Sophie Marie` → `anne`, `annesophie`, `sophie`, `sophiemarie`, `marie`. */
function wordsWithin(name: string): string[] {
  const words = nameWords(name)
  return words.flatMap((_, start) =>
    words
      .slice(start)
      .map((_, length) => words.slice(start, start + length + 1).join(''))
      .slice(0, start === 0 ? -1 : undefined),
  )
}

/** Files each item's position under its keys. */
export function group<T>(items: readonly T[], keysOf: (item: T) => string[]): KeyedPostings {
  const keysOfItem = items.map(keysOf)
  const keys = createKeyDictionary(keysOfItem.flat())
  const positionOf = new Map(keys.keys.map((key, position) => [key, position]))
  const postings = createPostings(keys.keys.length, (add) => {
    keysOfItem.forEach((itemKeys, item) => {
      for (const key of itemKeys) add(positionOf.get(key) ?? 0, item)
    })
  })
  return { keys, postings }
}
