// How each first name of the directory answers to the one that was typed.
// Not concerned with last names (match-names.ts).

import { MIN_EDIT_LETTERS, MIN_SHORT_EDIT_LETTERS } from '../names/edit-distance.ts'
import type { FirstNames } from './name-index.ts'
import { isShortSound, MIN_SOUND_LETTERS, soundsLike } from './sounds.ts'

/** The larger the better. `NearShort`: one slip in a name of few letters. `BeginsWord`: a whole word of several. `Any`: no first name was asked for. */
export const First = {
  None: 0,
  NearShort: 1,
  Sound: 2,
  Near: 3,
  Begins: 4,
  BeginsWord: 5,
  Exact: 6,
  Any: 7,
} as const

/** @returns a grade of `First` for each first key */
export function gradeFirstNames(names: FirstNames, typed: string): Uint8Array {
  const { keys, words, sounds } = names
  const grades = new Uint8Array(keys.keys.length)
  const raise = (key: number, grade: number): void => {
    if (grade > (grades[key] ?? 0)) grades[key] = grade
  }
  if (typed.length >= MIN_SOUND_LETTERS && !isShortSound(typed))
    for (const key of soundsLike(sounds, typed)) raise(key, First.Sound)
  if (typed.length >= MIN_SHORT_EDIT_LETTERS) {
    const grade = typed.length >= MIN_EDIT_LETTERS ? First.Near : First.NearShort
    for (const key of keys.findNear(typed)) raise(key, grade)
  }
  const [from, to] = keys.prefixRange(typed)
  for (let key = from; key < to; key++) raise(key, First.Begins)
  const [wordFrom, wordTo] = words.keys.prefixRange(typed)
  for (const key of words.postings.ofRange(wordFrom, wordTo)) raise(key, First.Begins)
  const word = words.keys.find(typed)
  if (word >= 0) for (const key of words.postings.of(word)) raise(key, First.BeginsWord)
  const exact = keys.find(typed)
  if (exact >= 0) raise(exact, First.Exact)
  return grades
}
