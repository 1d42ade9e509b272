/**
 * The desk's keyboard: what each key does, in one table that the help shows too.
 * Single keys can be switched off (WCAG 2.1.4): somebody who dictates would otherwise trip over them.
 */
import type { MessageKey } from '@pli/ui'
import { useEffect, useRef, useState } from 'react'

export type ShortcutName =
  | 'search'
  | 'write'
  | 'next'
  | 'previous'
  | 'answer'
  | 'person'
  | 'leave'
  | 'lock'
  | 'help'

interface Keys {
  /** `KeyboardEvent.key`, while no text is being written. */
  single?: string
  /** With Alt, wherever the focus is. `KeyboardEvent.code`, for Alt changes what a key writes. */
  alt?: string
  /** A key of its own, wherever the focus is. */
  always?: string
}

export const shortcuts: Readonly<Record<ShortcutName, Keys & { words: MessageKey }>> = {
  search: { words: 'keys.search', single: '/', alt: 'KeyF' },
  write: { words: 'keys.write', single: 'n', alt: 'KeyN' },
  next: { words: 'keys.next', single: 'j', alt: 'ArrowDown' },
  previous: { words: 'keys.previous', single: 'k', alt: 'ArrowUp' },
  answer: { words: 'keys.answer', single: 'r', alt: 'KeyR' },
  person: { words: 'keys.person', single: 'p', alt: 'KeyP' },
  lock: { words: 'keys.lock', alt: 'KeyL' },
  help: { words: 'keys.help', single: '?', alt: 'KeyK' },
  leave: { words: 'keys.leave', always: 'Escape' },
}

export const shortcutNames = Object.keys(shortcuts) as ShortcutName[]

const SINGLE_OFF_KEY = 'pli.single-keys-off'

export function useSingleKeys(): [boolean, (on: boolean) => void] {
  const [on, setOn] = useState(() => {
    try {
      return localStorage.getItem(SINGLE_OFF_KEY) === null
    } catch {
      return true
    }
  })
  const choose = (next: boolean) => {
    setOn(next)
    try {
      if (next) localStorage.removeItem(SINGLE_OFF_KEY)
      else localStorage.setItem(SINGLE_OFF_KEY, '1')
    } catch {
      // A browser that keeps nothing forgets the choice, no more.
    }
  }
  return [on, choose]
}

interface KeyPress {
  key: string
  code: string
  altKey: boolean
  ctrlKey: boolean
  metaKey: boolean
}

/** Undefined when this press means nothing here. `writing`: the focus is where text goes. */
export function findShortcut(
  press: KeyPress,
  context: { writing: boolean; singleKeys: boolean },
): ShortcutName | undefined {
  if (press.ctrlKey || press.metaKey) return
  return shortcutNames.find((name) => {
    const { single, alt, always } = shortcuts[name]
    if (press.altKey) return alt === press.code
    if (always !== undefined) return always === press.key
    return context.singleKeys && !context.writing && single === press.key
  })
}

/** `actions` that a screen leaves out do nothing. A dialog that is open has the keyboard to itself. */
export function useShortcuts(
  singleKeys: boolean,
  actions: Partial<Record<ShortcutName, () => unknown>>,
): void {
  const latest = useRef(actions)
  useEffect(() => {
    latest.current = actions
  })
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || document.querySelector('dialog[open]')) return
      const name = findShortcut(event, { writing: isWriting(event.target), singleKeys })
      const action = name && latest.current[name]
      if (!action) return
      // Escape keeps what the browser does with it: a search field empties itself.
      if (name !== 'leave') event.preventDefault()
      action()
    }
    addEventListener('keydown', onKeyDown)
    return () => removeEventListener('keydown', onKeyDown)
  }, [singleKeys])
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]')
}
