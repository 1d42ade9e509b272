/** What the FHIR face asks of whoever knows the people. Not concerned with how they are found or kept. */
import type { Location, Organisation, Person } from '../model.ts'
import type { LocationQuery } from '../search/find-locations.ts'
import type { OrganisationQuery, OrganisationResult, SearchQuery, SearchRefusal } from '../search/query.ts'

export interface BatchOfPeople {
  /** best first; fewer than were asked for are not yet the last */
  readonly people: readonly Person[]
  /** of all batches */
  readonly total: number
  readonly refusal?: SearchRefusal
}

export interface FhirSource {
  search(
    query: SearchQuery,
    page: { limit: number; offset: number; onlyReachable: boolean },
  ): Promise<BatchOfPeople>
  person(personId: string): Promise<Person | undefined>
  organisations(
    query: OrganisationQuery,
    page: { limit: number; offset: number },
  ): Promise<OrganisationResult>
  organisation(organisationId: string): Promise<Organisation | undefined>
  locations(query: LocationQuery): Promise<Location[]>
  location(nsi: string, postcode: string): Promise<Location | undefined>
  /** Of those people, who can be written to by the one who asks: person → account. */
  accounts(people: readonly Person[]): Promise<ReadonlyMap<string, string>>
  /** Whose account it is, if they can be written to by the one who asks. */
  personOfAccount(accountId: string): Promise<Person | undefined>
}
