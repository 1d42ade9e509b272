/**
 * Whom the sandbox's service of therapeutic links knows: the named people, by SSIN, whichever of their professions they are
 * asked for by; anybody else by the register's id alone. Invented people only.
 */

import { demoPeople, namesakes } from '@pli/directory/sandbox'
import type { LinkProfessional } from '@pli/directory/therapeutic-links'

/** As clients name a professional: the register's id, and a NIHII where they have one. */
export interface AskedProfessional {
  registerId: string
  /** eight digits */
  nihii8?: string | undefined
}

/** Invented, check digits right: the named people's hospital, by its enterprise number. */
const nihiiOfHouse: Readonly<Record<string, string>> = { '0200000340': '71042107' }

const known = [...demoPeople, ...namesakes].map((person) => ({
  personId: person.personId,
  nihii8: person.nihii11?.slice(0, 8),
  professional: {
    personId: person.ssin,
    organisationNihii8s: [nihiiOfHouse[person.organisation?.cbe ?? ''] ?? []].flat(),
    cdHcparties: [person.cdHcparty],
  },
}))

export function findProfessional({ registerId, nihii8 }: AskedProfessional): LinkProfessional {
  const found =
    known.find((one) => one.personId === registerId) ??
    known.find((one) => nihii8 !== undefined && one.nihii8 === nihii8)
  return (
    found?.professional ?? { personId: `register:${registerId}`, organisationNihii8s: [], cdHcparties: [] }
  )
}
