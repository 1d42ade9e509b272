// The last look at a record before it is stored: bounds that no honest record exceeds, whatever the connector let pass.
// Not concerned with whether identifiers check: a row of the authentic source is never refused for that.

import type { Person, Role } from '../model.ts'
import type { QuarantineReason } from '../source/source.ts'

const PERSON_ID = /^[A-Za-z0-9_-]{1,40}$/
const NAME_CHARACTERS_AT_MOST = 200
const ROLES_AT_MOST = 200
const TEXT_CHARACTERS_AT_MOST = 300

/** Why the record is set aside; undefined if it is fine. */
export function checkPerson(person: Person): QuarantineReason | undefined {
  if (!PERSON_ID.test(person.personId)) return 'identifier-unusable'
  if (person.lastName.trim() === '' || person.lastName.length > NAME_CHARACTERS_AT_MOST)
    return 'name-unusable'
  if (person.firstName.length > NAME_CHARACTERS_AT_MOST) return 'name-unusable'
  if (person.roles.length === 0) return 'role-missing'
  if (person.roles.length > ROLES_AT_MOST) return 'row-unreadable'
  for (const role of person.roles) {
    const reason = checkRole(role)
    if (reason !== undefined) return reason
  }
  return undefined
}

function checkRole({
  roleId,
  cdHcparty,
  specialty = '',
  organisation,
  location,
}: Role): QuarantineReason | undefined {
  const { postcode, nsi, nl, fr, de = '' } = location
  // A French activity may be without an address, and so without a postcode.
  if (nsi === '' || fr === '' || nl === '' || postcode.length > 8 || nsi.length > 8) return 'place-unusable'
  const texts = [roleId, cdHcparty, specialty, organisation?.name ?? '', nl, fr, de]
  return texts.some((text) => text.length > TEXT_CHARACTERS_AT_MOST) ? 'row-unreadable' : undefined
}
