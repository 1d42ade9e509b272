/** Which account this tab is in, by its opaque name: kept for the tab alone, so that two tabs may hold two people. */
import type { LocalAccountId } from '@pli/client'

const KEY = 'pli.current-account'

export function recallAccount(): LocalAccountId | undefined {
  try {
    return (sessionStorage.getItem(KEY) ?? undefined) as LocalAccountId | undefined
  } catch {
    return undefined
  }
}

export function keepAccount(localId: LocalAccountId) {
  try {
    sessionStorage.setItem(KEY, localId)
  } catch {
    // A browser that keeps nothing asks again who one is.
  }
}
