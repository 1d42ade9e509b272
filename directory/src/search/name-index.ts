// Last and first names as dictionaries, each key with the people who bear it. People are sorted by last name, so a
// last key, or a beginning of one, is a range of ordinals.
// Not concerned with roles (role-columns.ts) nor with grading a match (match-names.ts).

import type { Person } from '../model.ts'
import { nameKey, nameWords } from '../names/fold.ts'
import { createKeyDictionary, type KeyDictionary } from '../names/key-dictionary.ts'
import { laterBeginnings } from '../names/particles.ts'
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
  /** `berghe` of Van den Berghe → ordinals */
  readonly later: KeyedPostings
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

/** Names repeat: each spelling is folded once. */
export type KeyOf = (name: string) => string

export function cacheKeys(): KeyOf {
  const known = new Map<string, string>()
  return (name) => {
    let key = known.get(name)
    if (key === undefined) {
      key = nameKey(name)
      known.set(name, key)
    }
    return key
  }
}

/** @param people sorted by last key */
export function indexLastNames(people: readonly Person[], keyOf: KeyOf): LastNames {
  const keys = createKeyDictionary(people.map(({ lastName }) => keyOf(lastName)))
  const start = new Uint32Array(keys.keys.length + 1)
  let key = 0
  people.forEach(({ lastName }, ordinal) => {
    while (keys.keys[key] !== keyOf(lastName)) start[++key] = ordinal
  })
  start.fill(people.length, key + 1)
  return {
    keys,
    start,
    later: group(people, ({ lastName }) => laterBeginnings(lastName)),
    sounds: group(keys.keys, (lastKey) => [phoneticKey(lastKey)]),
  }
}

export function indexFirstNames(people: readonly Person[], keyOf: KeyOf): FirstNames {
  const spellings = [...new Set(people.map(({ firstName }) => firstName))]
  const keys = createKeyDictionary(spellings.map(keyOf))
  const positionOf = new Map(keys.keys.map((key, position) => [key, position]))
  const positionOfName = (name: string): number => positionOf.get(keyOf(name)) ?? 0
  const keyOfOrdinal = Uint32Array.from(people, ({ firstName }) => positionOfName(firstName))
  const words = group(spellings, wordsWithin)
  return {
    keys,
    keyOf: keyOfOrdinal,
    people: createPostings(keys.keys.length, (add) => {
      keyOfOrdinal.forEach((key, ordinal) => {
        add(key, ordinal)
      })
    }),
    words: {
      keys: words.keys,
      postings: words.postings.mapTo((spelling) => positionOfName(spellings[spelling] ?? '')),
    },
    sounds: group(keys.keys, (key) => [phoneticKey(key)]),
  }
}

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
function group<T>(items: readonly T[], keysOf: (item: T) => string[]): KeyedPostings {
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
