// Other places where a last name may begin for the person who types it: `Van den Berghe` is also looked for as
// `den Berghe` and `Berghe`, `Oulad-Haddou` as `Haddou`. Joined `Vandenberghe` opens up too, for the Van family
// only: cutting `De` off would make `Nis` of `Denis`.
// Not concerned with the name's own key (fold.ts).

import { nameWords } from './fold.ts'

const JOINED_PARTICLE = /^(vanden|vander|vande|van)(?=.{4,}$)/

/** Keys of the name's later beginnings, without its own key and without single letters. */
export function laterBeginnings(lastName: string): string[] {
  const words = nameWords(lastName)
  const keys = new Set<string>()
  for (let start = 1; start < words.length; start++) {
    const key = words.slice(start).join('')
    if (key.length > 1) keys.add(key)
  }
  const joined = words.map((word) => word.replace(JOINED_PARTICLE, ''))
  if (joined[0] !== words[0]) keys.add(joined.join(''))
  keys.delete(words.join(''))
  return [...keys]
}
