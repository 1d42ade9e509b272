// @pli/directory/store: where a synchronised register is kept. For those who keep it and for those who read it.

export { createMemoryStore } from './memory-store.ts'
export { decodePerson, type EncodedPerson, encodePerson } from './person-row.ts'
export * from './store.ts'
export { uniteRoles } from './unite-roles.ts'
export { withdrawPerson } from './withdraw-person.ts'
