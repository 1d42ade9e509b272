// How people get a name or a place wrong: what a hurried hand, an ear or another language makes of it.
// Seeded, so that every run asks the same. Not concerned with who is found.

import type { Location } from '../src/index.ts'
import type { Random } from '../src/sandbox/random.ts'

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'
/** With a space or an apostrophe behind it, or joined as the Van family is. */
const PARTICLES =
  /^(?:(?:van den|van der|van de|van|von|de la|de|den|der|du|le|la|les) |d['’]|(?:vanden|vander|vande|van)(?=\p{L}{4}))/iu

/** Positions of letters between which a slip may fall: never the very first, which people get right. */
function letterAt(random: Random, name: string): number | undefined {
  const inner = [...name].flatMap((letter, at) => (at > 0 && /\p{L}/u.test(letter) ? at : []))
  return inner.length < 3 ? undefined : random.pick(inner)
}

const splice = (name: string, at: number, count: number, text: string): string =>
  name.slice(0, at) + text + name.slice(at + count)

export function swapLetters(random: Random, name: string): string | undefined {
  const places = [...name].flatMap((letter, at) => {
    const next = name[at + 1] ?? ''
    return at > 0 && /\p{L}/u.test(letter) && /\p{L}/u.test(next) && letter !== next ? at : []
  })
  if (places.length === 0) return undefined
  const at = random.pick(places)
  return splice(name, at, 2, `${name[at + 1]}${name[at]}`)
}

export function wrongLetter(random: Random, name: string): string | undefined {
  const at = letterAt(random, name)
  if (at === undefined) return undefined
  const others = [...LETTERS].filter((letter) => letter !== name[at]?.toLowerCase())
  return splice(name, at, 1, random.pick(others))
}

export function missingLetter(random: Random, name: string): string | undefined {
  const at = letterAt(random, name)
  return at === undefined ? undefined : splice(name, at, 1, '')
}

export function doubledLetter(random: Random, name: string): string | undefined {
  const at = letterAt(random, name)
  return at === undefined ? undefined : splice(name, at, 1, `${name[at]}${name[at]}`)
}

/** `Van den Berghe` → `Berghe` */
export function dropParticle(name: string): string | undefined {
  const rest = name.replace(PARTICLES, '')
  return rest === name || rest.length < 3 ? undefined : rest
}

/** `Van den Berghe` → `Vandenberghe`, `Vandenberghe` → `van den berghe` */
export function respaceParticle(name: string): string | undefined {
  if (/ /.test(name)) return name.replace(/ /g, '').toLowerCase()
  const joined = /^(van)(den|der|de)?(?=\p{L}{4})/iu.exec(name)
  if (joined === null) return undefined
  const words = [joined[1], joined[2], name.slice(joined[0].length)]
  return words.filter((word) => word !== undefined).join(' ')
}

/** What an ear hears written otherwise; each is tried where it applies. */
const SOUNDS: readonly (readonly [RegExp, string])[] = [
  [/eau/, 'o'],
  [/(?<!e)au(?!$)/, 'o'],
  [/ph/, 'f'],
  [/f(?!f)/, 'ph'],
  [/th/, 't'],
  [/ck/, 'k'],
  [/c(?=[aou])/, 'k'],
  [/k(?=[aou])/, 'c'],
  [/z/, 's'],
  [/ae/, 'aa'],
  [/aa/, 'ae'],
  [/ij/, 'y'],
  [/(?<=.)y/, 'ij'],
  [/ei/, 'ij'],
  [/gh/, 'g'],
  [/ss(?=[ei])/, 'c'],
  [/sch(?=[aeiou])/, 'sg'],
  [/(?<=[aeiou])s$/, ''],
  [/dt$/, 't'],
  [/([lnrt])\1/, '$1'],
  [/ch/, 'sj'],
  [/qu/, 'k'],
  [/ez$/, 'é'],
]

export function spellBySound(random: Random, name: string): string | undefined {
  const lower = name.toLowerCase()
  const fitting = SOUNDS.filter(([pattern]) => pattern.test(lower))
  if (fitting.length === 0) return undefined
  const [pattern, instead] = random.pick(fitting)
  const spelt = lower.replace(pattern, instead)
  return spelt === lower ? undefined : spelt
}

/** The place's name in the language that its people mostly do not speak; undefined where it has one name. */
export function otherLanguagePlace(random: Random, { nl, fr, de }: Location): string | undefined {
  const names = [...new Set([nl, fr, ...(de === undefined ? [] : [de])])]
  return names.length < 2 ? undefined : random.pick(names)
}
