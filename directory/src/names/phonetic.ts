// How a name sounds to an ear that knows French and Dutch: `Dupont` and `Dupond`, `Claes` and `Klaas`,
// `Meyer` and `Meijer`, `Janssens` and `Jansen`, `Philippe` and `Filip` share a key.
// The rules are this project's own; they are coarse on purpose, for they rank last.
// Not concerned with spelling slips (edit-distance.ts).

/** Consonants, in this order: each rule sees what the earlier ones left. Capitals are finished sounds. */
const CONSONANT_RULES: readonly (readonly [RegExp, string])[] = [
  [/ij/g, 'y'],
  [/ph/g, 'f'],
  [/gh/g, 'g'],
  [/th/g, 't'],
  [/sch(?=[rlmnw])/g, 's'],
  [/sche?$/g, 's'],
  [/s?sch/g, 'sg'],
  [/ck|cqu?|qu?|kh/g, 'k'],
  [/tch|tsj|tj/g, 's'],
  [/ch|sj|sh/g, 'g'],
  [/gn/g, 'n'],
  [/c(?=[eiy])/g, 's'],
  [/c/g, 'k'],
  [/x/g, 'ks'],
  [/z/g, 's'],
  [/w/g, 'v'],
  [/dt/g, 't'],
  [/h/g, ''],
]

/** Groups of vowels, the longest first; what is not here takes the class of its first letter. */
const VOWEL_CLASS: Readonly<Record<string, string>> = {
  a: 'A',
  ae: 'A',
  aey: 'A',
  aei: 'A',
  e: 'E',
  ei: 'E',
  ey: 'E',
  eij: 'E',
  ai: 'E',
  ay: 'E',
  aij: 'E',
  aie: 'E',
  i: 'E',
  ie: 'E',
  ij: 'E',
  y: 'E',
  o: 'O',
  oa: 'O',
  au: 'O',
  eau: 'O',
  u: 'U',
  ue: 'U',
  ou: 'U',
  oe: 'U',
  eu: 'U',
  oeu: 'U',
  ui: 'U',
  uy: 'U',
  uij: 'U',
  oi: 'OE',
  oy: 'OE',
  oij: 'OE',
  ooi: 'OE',
  ooy: 'OE',
}

/**
 * The sound of a folded key (`nameKey`): capitals for vowels, small letters for consonants.
 * Empty for what is no Latin word: `lemaire1150` sounds like nobody.
 */
export function phoneticKey(key: string): string {
  if (/[^a-z]/.test(key)) return ''
  let sound = key
  for (const [pattern, replacement] of CONSONANT_RULES) sound = sound.replace(pattern, replacement)
  sound = sound.replace(/(.)\1+/g, '$1')
  sound = muteEnding(sound)
  sound = sound.replace(/[aeiouy]+j?/g, classOfVowels)
  return sound.replace(/(.)\1+/g, '$1')
}

/** A last e and last t, d, s, x, p are silent in French, and come and go in Flemish names (-s, -ns, -e). */
function muteEnding(sound: string): string {
  const shortest = 3
  let rest = sound
  while (rest.length > shortest && /[tdspe]$/.test(rest)) rest = rest.slice(0, -1)
  return rest
}

function classOfVowels(vowels: string): string {
  const ending = vowels.endsWith('ij') || !vowels.endsWith('j') ? '' : 'j'
  const group = ending === '' ? vowels : vowels.slice(0, -1)
  return (VOWEL_CLASS[group] ?? VOWEL_CLASS[group[0] ?? ''] ?? '') + ending
}
