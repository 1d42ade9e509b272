/**
 * Moves the focus to a screen that the person has just gone to, unless something in it took the focus already, so that
 * a keyboard or a screen reader goes on from there and not from the top of the page.
 */
import { useEffect } from 'react'

let firstScreen = true

/** To be drawn beside a screen, inside the same Suspense: it appears when the screen does. `place` names the screen. */
export function FocusArrival({ place }: { place: string }) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new place is an arrival
  useEffect(() => {
    // The first one is the browser's own page load.
    if (firstScreen) {
      firstScreen = false
      return
    }
    focusMain()
  }, [place])
  return null
}

export function focusMain() {
  const main = document.getElementById('main')
  if (main === null || main.contains(document.activeElement)) return
  main.tabIndex = -1
  main.focus({ preventScroll: true })
}
