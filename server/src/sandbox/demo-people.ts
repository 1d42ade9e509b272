/** The sandbox's named people as they are shown to whoever tries the product: name, profession, place. */
import { belgianPlaces, professionNames } from '@pli/directory'
import { type DemoPerson, demoPeople } from '@pli/directory/sandbox'
import type { PersonId, RelayConfig } from '@pli/protocol/wire'

export type ShownLanguage = 'fr' | 'nl' | 'en'

/** Such as `Pharmacien, Woluwe-Saint-Lambert`; the place is named in the reader's language, else in the person's. */
function describe(person: DemoPerson, language: ShownLanguage): string {
  const place = belgianPlaces().locationOf(person.postcode)
  const profession = professionNames[person.profession][language]
  if (place === undefined) return profession
  const inDutch = language === 'nl' || (language === 'en' && person.language === 'nl')
  return `${profession}, ${inDutch ? place.nl : place.fr}`
}

/** For the identity provider's own page. */
export function listLoginChoices(language: ShownLanguage) {
  return demoPeople.map((person) => ({
    personId: person.personId,
    slug: person.slug,
    name: `${person.firstName} ${person.lastName}`,
    description: describe(person, language),
  }))
}

/** In no language: the apps name profession and place in the reader's. */
export function listDemoPeople(): NonNullable<RelayConfig['sandbox']>['people'] {
  return demoPeople.flatMap(({ personId, slug, firstName, lastName, profession, postcode }) => {
    const place = belgianPlaces().locationOf(postcode)
    if (place === undefined) return []
    const displayName = `${firstName} ${lastName}`
    return [{ personId: personId as PersonId, slug, displayName, profession, place: { ...place } }]
  })
}
