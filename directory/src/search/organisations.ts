// The houses people work in: each numbered once, found by the words of its name or by its numbers.
// Not concerned with who works there (role-columns.ts).

import type { Organisation } from '../model.ts'
import { nameWords } from '../names/fold.ts'
import { createInterner } from './interner.ts'
import { group } from './name-index.ts'

export interface Organisations {
  readonly count: number
  /** numbers, from 1, of those whose name has every word, the last one perhaps unfinished; none if they are too many */
  findByWords(words: readonly string[], atMost?: number): ReadonlySet<number>
  /** @returns its number, from 1; 0 for none */
  findById(organisationId: string): number
  /** @param number from 1 */
  nameOf(number: number): string
  /** numbers, from 1, of those with this CBE, NIHII or FINESS */
  findByIdentifier(identifier: string): readonly number[]
}

export interface OrganisationsBuilder {
  /** @returns its number, from 1 */
  numberOf(organisation: Organisation): number
  finish(): Organisations
}

const MIN_WORD_LETTERS = 2
/** Words so common that they say nothing of which house is meant still narrow; more houses than this is no answer. */
const MAX_HOUSES = 5_000

export function createOrganisationsBuilder(): OrganisationsBuilder {
  const houses = createInterner()
  const byIdentifier = new Map<string, Set<number>>()
  return {
    numberOf({ organisationId, name, cbe, nihii8, finess }) {
      const before = houses.texts.length
      const number = houses.numberOf(`${organisationId}\n${name}`) + 1
      if (number > before) {
        for (const identifier of [cbe, nihii8, finess]) {
          if (identifier === undefined) continue
          byIdentifier.set(identifier, (byIdentifier.get(identifier) ?? new Set()).add(number))
        }
      }
      return number
    },
    finish() {
      const names = houses.texts.map((text) => text.slice(text.indexOf('\n') + 1))
      const words = group(names, (name) => [...new Set(nameWords(name))])
      return {
        count: names.length,
        findByIdentifier: (identifier) => [...(byIdentifier.get(identifier) ?? [])],
        // Looked for one by one: it is asked seldom, and an index of ids would be as large as the names.
        findById: (organisationId) =>
          houses.texts.findIndex((text) => text.startsWith(`${organisationId}\n`)) + 1,
        nameOf: (number) => names[number - 1] ?? '',
        findByWords(typed, atMost = MAX_HOUSES) {
          const asked = typed.filter((word) => word.length >= MIN_WORD_LETTERS)
          if (asked.length === 0) return new Set()
          const lists = asked.map((word, at) => {
            const [from, to] =
              at === asked.length - 1 ? words.keys.prefixRange(word) : wholeRange(words.keys.find(word))
            return words.postings.ofRange(from, to)
          })
          return intersect(lists, atMost)
        },
      }
    },
  }
}

const wholeRange = (at: number): readonly [number, number] => (at < 0 ? [0, 0] : [at, at + 1])

/** Numbers from 1 that are in every list. */
function intersect(lists: readonly Uint32Array[], atMost: number): ReadonlySet<number> {
  const [shortest, ...others] = [...lists].sort((a, b) => a.length - b.length)
  let common = new Set(shortest)
  for (const list of others) {
    const both = new Set<number>()
    for (const one of list) if (common.has(one)) both.add(one)
    common = both
  }
  return common.size > atMost ? new Set() : new Set([...common].map((one) => one + 1))
}
