/**
 * Purpose: whom the sandbox's identity provider can vouch for, and the claims it makes, shaped like eHealth IAM
 * Connect's. Invented people only. Not concerned with the pages that people see.
 */
import type { Person } from '@pli/directory'
import { type DemoPerson, demoPeople, namesakes } from '@pli/directory/sandbox'
import type { Directory } from '../../domain/directory/directory.ts'

export interface IamPerson {
  /** The provider's `sub`. */
  subject: string
  userProfile: Record<string, unknown>
}

export interface IamPeople {
  /** The people that the login page offers by name. */
  readonly offered: readonly DemoPerson[]
  /** By slug or by the directory's id. Undefined for strangers and for those whom no number can be vouched for. */
  find(slugOrPersonId: string): Promise<IamPerson | undefined>
}

export function createIamPeople(directory: Pick<Directory, 'person'>): IamPeople {
  const named = [...demoPeople, ...namesakes]
  return {
    offered: demoPeople,
    async find(text) {
      const wanted = text.trim()
      const demo = named.find(({ slug, personId }) => slug === wanted.toLowerCase() || personId === wanted)
      const person = await directory.person(demo?.personId ?? wanted)
      if (person === undefined) return undefined
      // The sandbox directory keeps no SSIN, so only the named people's is known; the others have their NIHII.
      const isProvable = demo !== undefined || person.roles.some((role) => role.nihii11 !== undefined)
      if (!isProvable) return undefined
      return { subject: person.personId, userProfile: describe(person, demo?.ssin) }
    },
  }
}

function describe(person: Person, ssin: string | undefined): Record<string, unknown> {
  const disciplines = person.roles.map((role) => [
    role.profession.toLowerCase(),
    { recognised: role.licenceToPractise, ...(role.nihii11 === undefined ? {} : { nihii11: role.nihii11 }) },
  ])
  return {
    ...(ssin === undefined ? {} : { ssin }),
    firstName: person.firstName,
    lastName: person.lastName,
    ...Object.fromEntries(disciplines),
  }
}
