// `*` in a name stands for any letters, without a regular expression: what is asked cannot make it slow.
// Source: the AddressBook takes `*`; that it ignores case and accents is the sandbox's guess.
// Not concerned with where the names are.

import { fold } from '../names/fold.ts'

/** Tests folded names. */
export function createGlob(pattern: string): (folded: string) => boolean {
  const pieces = fold(pattern.trim()).split('*')
  const [first = '', ...others] = pieces
  const last = others.pop()
  if (last === undefined) return (folded) => folded === first
  return (folded) => {
    if (!folded.startsWith(first)) return false
    let from = first.length
    for (const piece of others) {
      const at = folded.indexOf(piece, from)
      if (at < 0) return false
      from = at + piece.length
    }
    return folded.length - last.length >= from && folded.endsWith(last)
  }
}
