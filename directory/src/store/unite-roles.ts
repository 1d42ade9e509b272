// Somebody whom a snapshot says twice: one person with the roles of both, the later saying being right where they differ.
// Not concerned with how often that may happen.

import type { Person } from '../model.ts'

export function uniteRoles(earlier: Person, later: Person): Person {
  const roles = new Map(earlier.roles.map((role) => [role.roleId, role]))
  for (const role of later.roles) roles.set(role.roleId, role)
  return { ...earlier, ...later, roles: [...roles.values()] }
}
