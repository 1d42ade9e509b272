// Somebody whom the register has no more: still known to those who wrote with them, and practising nothing.
// Not concerned with how long they are kept.

import type { Person } from '../model.ts'

export function withdrawPerson(person: Person, nowMs: number): Person {
  return {
    ...person,
    goneSinceMs: nowMs,
    roles: person.roles.map((role) => ({ ...role, licenceToPractise: false })),
  }
}
