// Texts that repeat, each kept once and named by a number.
// Not concerned with what they say.

export interface Interner {
  /** @returns the number of the text, from 0 */
  numberOf(text: string): number
  /** by number */
  readonly texts: readonly string[]
}

export function createInterner(): Interner {
  const numbers = new Map<string, number>()
  const texts: string[] = []
  return {
    texts,
    numberOf(text) {
      const known = numbers.get(text)
      if (known !== undefined) return known
      numbers.set(text, texts.length)
      return texts.push(text) - 1
    },
  }
}
