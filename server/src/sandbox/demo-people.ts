/** The sandbox's named people as they are shown to whoever tries the product: name, profession, place. */
import { type DirectoryIndex, professionNames } from '@pli/directory'
import { type DemoPerson, demoPeople } from '@pli/directory/sandbox'
import type { PersonId } from '@pli/protocol/wire'

export type ShownLanguage = 'fr' | 'nl' | 'en'

/** Such as `Pharmacien, Woluwe-Saint-Lambert`; the place is named in the reader's language, else in the person's. */
export function describeDemoPerson(
  index: DirectoryIndex,
  person: DemoPerson,
  language: ShownLanguage,
): string {
  const place = index.person(person.personId)?.roles[0]?.location
  const profession = professionNames[person.profession][language]
  if (place === undefined) return profession
  const inDutch = language === 'nl' || (language === 'en' && person.language === 'nl')
  return `${profession}, ${inDutch ? place.nl : place.fr}`
}

export function listDemoPeople(index: DirectoryIndex, language: ShownLanguage) {
  return demoPeople.map((person) => ({
    personId: person.personId as PersonId,
    slug: person.slug,
    displayName: `${person.firstName} ${person.lastName}`,
    description: describeDemoPerson(index, person, language),
  }))
}
