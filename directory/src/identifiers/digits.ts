// Reading numbers as people write them. Not concerned with any particular identifier.

const SEPARATORS = /[\s.\-/\u2010-\u2015]/g

/** The digits of `typed` without separators, or undefined if anything else is in it. ASCII digits only. */
export function onlyDigits(typed: string): string | undefined {
  const digits = typed.replace(SEPARATORS, '')
  return /^\d+$/.test(digits) ? digits : undefined
}
