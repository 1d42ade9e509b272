/**
 * Purpose: the directory as the domain asks it. It answers later, for it may live in a process of its own.
 * Not concerned with accounts: who can be written to is the store's knowledge (`people.ts`).
 */
import type {
  Location,
  LocationQuery,
  OrganisationQuery,
  OrganisationResult,
  Person,
  SearchOptions,
  SearchQuery,
  SearchResult,
} from '@pli/directory'

export type SearchPage = Omit<SearchOptions, 'reachable'>

/** All throw RelayError `unavailable` when the directory does not answer in time, or not yet. */
export interface Directory {
  /** The reachable first, among equals. Throws DirectoryError for what is out of bounds. */
  search(query: SearchQuery, page: SearchPage): Promise<SearchResult>
  person(personId: string): Promise<Person | undefined>
  /** At most 1,000; those that there are. */
  people(personIds: readonly string[]): Promise<ReadonlyMap<string, Person>>
  /** By name. Throws DirectoryError for what is out of bounds. */
  organisations(query: OrganisationQuery, page: SearchPage): Promise<OrganisationResult>
  locations(query: LocationQuery): Promise<Location[]>
  location(nsi: string, postcode: string): Promise<Location | undefined>
  /** See `computeSsinHmac`. */
  personIdBySsinHmac(hmac: string): Promise<string | undefined>
  /** Undefined too if several people bear it. */
  personIdByNihii8(nihii8: string): Promise<string | undefined>
  /** Who comes first among equals from now on, or no longer does. */
  markReachable(personIds: Iterable<string>, isReachable: boolean): void
  close(): Promise<void>
}
