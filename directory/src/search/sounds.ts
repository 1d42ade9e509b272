// Keys that sound like what was typed. Short sounds are shared by too many names to be worth showing, but beside
// another name that is typed without a slip.
// Not concerned with how a sound is made of letters (names/phonetic.ts).

import { phoneticKey } from '../names/phonetic.ts'
import type { KeyedPostings } from './name-index.ts'

export const MIN_SOUND_LETTERS = 3
const SHORT_SOUND_LENGTH = 2

export function isShortSound(typed: string): boolean {
  return phoneticKey(typed).length <= SHORT_SOUND_LENGTH
}

/** Positions of the keys filed under the sound of `typed`. */
export function soundsLike(sounds: KeyedPostings, typed: string): Iterable<number> {
  const sound = phoneticKey(typed)
  const at = sound.length < SHORT_SOUND_LENGTH ? -1 : sounds.keys.find(sound)
  return at < 0 ? [] : sounds.postings.of(at)
}
