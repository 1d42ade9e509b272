/**
 * Lets a new snapshot reuse what is unchanged of the one before: equal parts keep their identity, so that a screen
 * draws only what changed. Not concerned with byte arrays beyond comparing them.
 */

/** Returns `next`, or `previous` wherever the two are equal. Neither is changed. */
export function shareStructure<T>(previous: unknown, next: T): T {
  if (Object.is(previous, next)) return next
  if (typeof previous !== 'object' || typeof next !== 'object' || previous === null || next === null)
    return next
  // From here on, whatever is returned instead of `next` is equal to it, and thus of its type.
  if (next instanceof Uint8Array) return (sameBytes(previous, next) ? previous : next) as T
  if (Array.isArray(next)) return shareArray(Array.isArray(previous) ? previous : [], next, previous) as T
  if (Array.isArray(previous) || previous instanceof Uint8Array) return next
  return shareObject(previous as Record<string, unknown>, next as Record<string, unknown>) as T
}

function shareArray(before: unknown[], next: unknown[], previous: object): unknown {
  // Rows move within a list (a newer conversation goes to the top): an equal id is tried first, then the place.
  const byId = new Map(before.map((item) => [idOf(item), item]))
  const shared = next.map((item, at) => shareStructure(byId.get(idOf(item) ?? NaN) ?? before[at], item))
  const same = shared.length === before.length && shared.every((item, at) => Object.is(item, before[at]))
  return same ? previous : shared
}

function shareObject(before: Record<string, unknown>, next: Record<string, unknown>): unknown {
  const names = Object.keys(next)
  let same = names.length === Object.keys(before).length
  const shared: Record<string, unknown> = {}
  for (const name of names) {
    shared[name] = shareStructure(before[name], next[name])
    same &&= name in before && Object.is(shared[name], before[name])
  }
  return same ? before : shared
}

function idOf(item: unknown): unknown {
  if (typeof item !== 'object' || item === null) return undefined
  const { id, conversationId, localId } = item as Record<string, unknown>
  return id ?? conversationId ?? localId
}

function sameBytes(previous: object, next: Uint8Array): boolean {
  return (
    previous instanceof Uint8Array &&
    previous.length === next.length &&
    next.every((byte, at) => byte === previous[at])
  )
}
