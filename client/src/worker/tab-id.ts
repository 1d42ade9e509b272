/** Names this tab, the same over its reloads and redirects, so that it finds its own sign-in again. */
const KEY = 'pli-tab'

export function readTabId(): string {
  try {
    const known = sessionStorage.getItem(KEY)
    if (known !== null) return known
    const made = crypto.randomUUID()
    sessionStorage.setItem(KEY, made)
    return made
  } catch {
    // No session storage here: good until the next reload.
    return crypto.randomUUID()
  }
}
