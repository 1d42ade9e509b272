/**
 * The keyboard's part of a combobox over a listbox (ARIA 1.2): the focus stays in the field, the arrows point at an option,
 * Enter picks it. Not concerned with what an option shows.
 */
import type { DirectoryPerson } from '@pli/protocol/wire'
import { type KeyboardEvent, useEffect, useId, useState } from 'react'

export interface Listbox {
  readonly id: string
  readonly active: number
  readonly open: boolean
  readonly optionId: (at: number) => string
  readonly point: (at: number) => void
  readonly onKeyDown: (event: KeyboardEvent) => void
}

export function useListbox(
  rows: readonly DirectoryPerson[],
  onPick: (person: DirectoryPerson) => void,
): Listbox {
  const id = useId()
  const [active, setActive] = useState(-1)
  const first = rows[0]?.personId
  // Another answer: what was pointed at is gone.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above
  useEffect(() => setActive(-1), [first, rows.length])
  const optionId = (at: number) => `${id}-${at}`
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    const person = rows[active]
    if (event.key === 'Enter' && person) {
      event.preventDefault()
      return onPick(person)
    }
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    event.preventDefault()
    const next = Math.max(0, Math.min(rows.length - 1, active + (event.key === 'ArrowDown' ? 1 : -1)))
    setActive(next)
    document.getElementById(optionId(next))?.scrollIntoView({ block: 'nearest' })
  }
  return { id, active, open: rows.length > 0, optionId, point: setActive, onKeyDown }
}

/** For the field one types in. */
export function comboboxProps(list: Listbox) {
  return {
    role: 'combobox',
    'aria-expanded': list.open,
    'aria-controls': list.id,
    'aria-autocomplete': 'list' as const,
    ...(list.active >= 0 && { 'aria-activedescendant': list.optionId(list.active) }),
    autoComplete: 'off',
    autoCorrect: 'off',
    spellCheck: false,
    onKeyDown: list.onKeyDown,
  }
}
