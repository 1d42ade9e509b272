// Folding names so that what is typed meets what is registered: accents, case, ligatures, particles spaced or
// joined. Source: Unicode NFKD, plus the letters that have no decomposition.
// Not concerned with similarity (edit-distance.ts, phonetic.ts).

const UNDECOMPOSED: Readonly<Record<string, string>> = {
  œ: 'oe',
  æ: 'ae',
  ß: 'ss',
  ł: 'l',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ħ: 'h',
  ı: 'i',
  ŋ: 'n',
  ŧ: 't',
}
const UNDECOMPOSED_PATTERN = new RegExp(`[${Object.keys(UNDECOMPOSED).join('')}]`, 'g')
const PLAIN_ASCII = /^[ -~]*$/

/** Lower case without marks: `Émilie` → `emilie`, `Œdip` → `oedip`. Spaces and punctuation stay. */
export function fold(raw: string): string {
  const lower = raw.toLowerCase()
  if (PLAIN_ASCII.test(lower)) return lower
  // Lower again: compatibility forms (full-width, circled) come out of NFKD as capitals.
  return lower
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(UNDECOMPOSED_PATTERN, (letter) => UNDECOMPOSED[letter] ?? letter)
}

/** The folded words of a name: `D'Hondt-Van den Berghe` → `d hondt van den berghe`, as an array. */
export function nameWords(raw: string): string[] {
  return fold(raw)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
}

/** The key under which spaced and joined spellings meet: `Van den Berghe`, `Vandenberghe` → `vandenberghe`. */
export function nameKey(raw: string): string {
  return nameWords(raw).join('')
}
