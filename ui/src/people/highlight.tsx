/** Underlines in a name what the person typed, accents and case aside. Not concerned with ranking. */
import type { ReactNode } from 'react'

const fold = (text: string) =>
  text
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase()

/** Positions in `text` covered by a typed word, where it begins a word or the whole typed text appears. */
function marked(text: string, typed: string): boolean[] {
  const covered = new Array<boolean>(text.length).fill(false)
  // Folding one character at a time keeps positions: an accent never shifts what is underlined.
  const folded =
    [...text].length === text.length ? [...text].map((letter) => fold(letter)[0] ?? ' ').join('') : ''
  const words = fold(typed)
    .split(/[\s,]+/)
    .filter(Boolean)
  for (const word of words) {
    for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + 1)) {
      if (at > 0 && /\p{L}|\p{N}/u.test(folded[at - 1] ?? '')) continue
      covered.fill(true, at, at + word.length)
    }
  }
  // Two underlined words in a row are one: the space between belongs to what was typed.
  for (let i = 1; i + 1 < covered.length; i++) {
    if (text[i] === ' ' && covered[i - 1] && covered[i + 1]) covered[i] = true
  }
  return covered
}

export function Highlight(props: { text: string; typed: string }): ReactNode {
  const covered = marked(props.text, props.typed)
  const runs: { text: string; marked: boolean; at: number }[] = []
  for (let at = 0; at < props.text.length; at++) {
    const last = runs.at(-1)
    const letter = props.text[at] ?? ''
    if (last && last.marked === covered[at]) last.text += letter
    else runs.push({ text: letter, marked: covered[at] ?? false, at })
  }
  return runs.map((run) => (run.marked ? <mark key={run.at}>{run.text}</mark> : run.text))
}
