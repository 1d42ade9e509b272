/**
 * Purpose: a directory whose people are in a store: found by the search process, but said to be who the store says
 * they are now. So a licence that was withdrawn a second ago lets nobody in, although the index is a minute old.
 * Not concerned with loading or restarting the index.
 */
import { isRoleActive, type Person, type SearchRow } from '@pli/directory'
import type { DirectoryReader } from '@pli/directory/store'
import type { Directory } from '../domain/directory/directory.ts'

export function createStoredDirectory(
  found: Directory,
  store: Pick<DirectoryReader, 'personsById' | 'personIdBySsinHmac'>,
): Directory {
  const person = async (personId: string) => (await store.personsById([personId])).get(personId)
  return {
    ...found,
    person,
    people: (personIds) => store.personsById(personIds),
    personIdBySsinHmac: (hmac) => store.personIdBySsinHmac(hmac),
    async personIdByNihii8(nihii8) {
      const personId = await found.personIdByNihii8(nihii8)
      const bearer = personId === undefined ? undefined : await person(personId)
      return bearer?.roles.some((role) => role.nihii8 === nihii8) ? personId : undefined
    },
    async search(query, page) {
      const result = await found.search(query, page)
      const nowMs = Date.now()
      const now = await store.personsById(result.rows.map(({ personId }) => personId))
      const rows = result.rows.filter((row) => isStillFound(row, now.get(row.personId), nowMs))
      return { ...result, rows, total: result.total - (result.rows.length - rows.length) }
    },
  }
}

/** By an identifier also those are found who practise no more. */
function isStillFound({ matched }: SearchRow, person: Person | undefined, nowMs: number): boolean {
  if (person === undefined) return false
  if (matched.kind === 'identifier') return true
  return !person.deceased && person.roles.some((role) => isRoleActive(role, nowMs))
}
