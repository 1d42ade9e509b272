// One slip of the finger: a letter missing, added, replaced, or two neighbours exchanged (Damerau, restricted).
// Not concerned with finding candidates (search/key-dictionary.ts).

/** Shorter words have too many neighbours to be told apart by one edit. */
export const MIN_EDIT_LETTERS = 5
/** Unless the other name is typed without a slip. */
export const MIN_SHORT_EDIT_LETTERS = 3

/** True if `a` and `b` are equal or one edit apart. */
export function isWithinOneEdit(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1) return false
  let start = 0
  while (start < a.length && a[start] === b[start]) start++
  if (a.length > b.length) return a.slice(start + 1) === b.slice(start)
  if (a.length < b.length) return a.slice(start) === b.slice(start + 1)
  if (a.slice(start + 1) === b.slice(start + 1)) return true
  return a[start] === b[start + 1] && a[start + 1] === b[start] && a.slice(start + 2) === b.slice(start + 2)
}
