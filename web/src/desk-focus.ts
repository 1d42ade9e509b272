/** Where the keyboard goes at a desk: the search, the field one writes in, the list of conversations. */

/** The search of what is shown: the directory's where there is one, else that of the list. */
export function focusSearch(): boolean {
  return focusFirst('.pane--talk .combo input') || focusFirst('.pane--list input[type="search"]')
}

export function focusComposer(): boolean {
  return focusFirst('.pane--talk .writer textarea')
}

export function focusContext(): boolean {
  return focusFirst('.pane--side a[href], .pane--side button')
}

/** The conversation one is in, or the first. */
export function focusList(): boolean {
  return focusFirst('.pane--list .row[aria-current="true"]') || focusFirst('.pane--list .row')
}

/** False when there is none that can be seen. */
function focusFirst(selector: string): boolean {
  const found = [...document.querySelectorAll<HTMLElement>(selector)].find((each) => each.checkVisibility())
  found?.focus()
  return found !== undefined
}
