// The words people type for a specialty, in four languages: the federal table's names of departments (`cardiologie`)
// and of people (`cardiologue`), each meaning both.
// Source: CD-HCPARTY. That a department and its people belong together is read off their codes.
// Not concerned with professions as such (profession-words.ts).

import { fold, nameKey } from '../names/fold.ts'
import { createKeyDictionary, type KeyDictionary } from '../names/key-dictionary.ts'
import { cdHcpartyTable } from './cd-hcparty.ts'
import { cdHcpartyOfProfession, professionCodes, professionOfCdHcparty } from './professions.ts'

type Codes = ReadonlySet<string>

const MIN_LETTERS = 3

let words: ReadonlyMap<string, Codes> | undefined
let dictionary: KeyDictionary | undefined

/** Joined folded words (`nameKey`) → CD-HCPARTY codes of people and departments, read once. */
export function specialtyWords(): ReadonlyMap<string, Codes> {
  words ??= collectWords()
  return words
}

/** The codes meant by a code, a name in any language, or the beginning of one; undefined if there are none. */
export function findSpecialty(typed: string): Codes | undefined {
  const code = fold(typed.trim())
  if (cdHcpartyTable().has(code)) return alliedCodes(code)
  const key = nameKey(typed)
  if (key.length < MIN_LETTERS) return undefined
  dictionary ??= createKeyDictionary(specialtyWords().keys())
  const beginning = dictionary.keys.slice(...dictionary.prefixRange(key))
  const codes = new Set(beginning.flatMap((word) => [...(specialtyWords().get(word) ?? [])]))
  return codes.size === 0 ? undefined : codes
}

function collectWords(): Map<string, Codes> {
  const general = new Set(professionCodes.map((profession) => cdHcpartyOfProfession[profession][0]))
  const collected = new Map<string, Set<string>>()
  for (const [code, names] of cdHcpartyTable()) {
    if (!isSpecialty(code) || general.has(code)) continue
    for (const name of Object.values(names)) {
      const key = nameKey(name)
      if (key.length < MIN_LETTERS) continue
      const codes = collected.get(key) ?? new Set()
      for (const allied of alliedCodes(code)) codes.add(allied)
      collected.set(key, codes)
    }
  }
  return collected
}

const isSpecialty = (code: string): boolean =>
  code.startsWith('dept') || professionOfCdHcparty(code) !== undefined

/** `deptcardiology` and `perscardiologist`: the same but for their beginning and the end of the word. */
function alliedCodes(code: string): Codes {
  const allied = new Set([code])
  if (!isSpecialty(code)) return allied
  const stem = code.slice(4)
  for (const other of cdHcpartyTable().keys()) {
    if (!isSpecialty(other) || other.slice(0, 4) === code.slice(0, 4)) continue
    if (areAllied(stem, other.slice(4))) allied.add(other)
  }
  return allied
}

const ENDING_LETTERS = 2
const MIN_COMMON_LETTERS = 5

/** Equal but for the last two letters of the shorter one, and at most eight more of the longer (`-ist`, `-physician`). */
function areAllied(a: string, b: string): boolean {
  const shorter = Math.min(a.length, b.length)
  let common = 0
  while (common < shorter && a[common] === b[common]) common++
  return (
    common >= Math.max(MIN_COMMON_LETTERS, shorter - ENDING_LETTERS) && Math.abs(a.length - b.length) <= 9
  )
}
