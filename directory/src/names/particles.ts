// Other places where a last name may begin for the person who types it: `Van den Berghe` is also looked for as
// `den Berghe` and `Berghe`, `Oulad-Haddou` as `Haddou`. Joined `Vandenberghe` opens up too, for the Van family
// only: cutting `De` off would make `Nis` of `Denis`.
// And the name without any particle, for who types the wrong one: `Van de Berghe`, `De Berghe`.
// Not concerned with the name's own key (fold.ts).

import { nameWords } from './fold.ts'

const JOINED_PARTICLE = /^(vanden|vander|vande|van)(?=.{4,}$)/
const PARTICLES = new Set(
  'van von vanden vander vande de den der des du la le les di da del della dos el al ben ter ten te t d l s op in het'.split(
    ' ',
  ),
)

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

/** The key of a name's words without their particles; empty if nothing or one letter remains. */
export function coreKey(words: readonly string[]): string {
  const rest = words.filter((word) => !PARTICLES.has(word)).map((word) => word.replace(JOINED_PARTICLE, ''))
  const key = rest.join('')
  return key.length > 1 ? key : ''
}
