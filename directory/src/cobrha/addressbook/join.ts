// Finding a person of the directory in an answer of the AddressBook.
// Source: the same person's NIHII was seen with other last three digits in another service, so the first eight decide.
// Not concerned with people who have neither a NIHII nor an SSIN in common: names prove nothing.

import type { Person } from '../../model.ts'
import type { AddressBookPerson, PractisedProfession } from './answers.ts'

/** True if the look-up value of the SSIN or the first eight digits of any NIHII are the same. */
export function isSamePerson(
  person: Person,
  found: AddressBookPerson,
  professions: readonly PractisedProfession[],
): boolean {
  if (person.ssinHmac !== undefined && found.ssinHmac !== undefined) return person.ssinHmac === found.ssinHmac
  const keys = new Set(professions.flatMap(({ nihii }) => nihii?.nihii8 ?? []))
  return person.roles.some(({ nihii8 }) => nihii8 !== undefined && keys.has(nihii8))
}
