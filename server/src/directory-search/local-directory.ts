/**
 * Purpose: the directory in this very process: for a small sandbox, and inside the search process.
 * Not concerned with how people are read.
 */
import type { DirectoryIndex } from '@pli/directory'
import type { Directory } from '../domain/directory/directory.ts'

export function createLocalDirectory(index: DirectoryIndex): Directory {
  const reachable = index.mark([])
  return {
    search: async (query, page) => index.search(query, { ...page, reachable }),
    person: async (personId) => index.person(personId),
    people: async (personIds) =>
      new Map(
        personIds.flatMap((personId) => {
          const person = index.person(personId)
          return person === undefined ? [] : [[personId, person]]
        }),
      ),
    organisations: async (query, page) => index.organisations(query, page),
    locations: async (query) => index.locations(query),
    location: async (nsi, postcode) => index.location(nsi, postcode),
    personIdBySsinHmac: async (hmac) => index.bySsinHmac(hmac)?.personId,
    personIdByNihii8: async (nihii8) => index.byNihii8(nihii8)?.personId,
    markReachable: (personIds, isReachable) => index.setMarks(reachable, personIds, isReachable),
    close: async () => {},
  }
}
