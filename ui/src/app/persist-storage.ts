/** Asks the browser to keep what is stored even when space runs short. Only a page can ask; a refusal changes nothing. */
export function persistStorage(): void {
  const { storage } = navigator
  if (storage?.persist === undefined) return
  storage
    .persisted()
    .then((already) => already || storage.persist())
    .catch(() => undefined)
}
