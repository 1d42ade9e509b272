// Paging without a total: a full page may have another behind it, a short one has not.
// Source: the AddressBook's Offset and MaxElements.
// Not concerned with what is on a page.

import { DirectoryError } from '../../errors.ts'
import { MAX_ELEMENTS, type Paging } from './criteria.ts'

/** A service that forgets the offset would give full pages for ever. */
const MAX_ALL = 10_000

export async function* eachOfAllPages<T>(
  readPage: (paging: Paging) => Promise<readonly T[]>,
): AsyncGenerator<T, void, undefined> {
  for (let offset = 0; offset < MAX_ALL; offset += MAX_ELEMENTS) {
    const page = await readPage({ offset, maxElements: MAX_ELEMENTS })
    yield* page
    if (page.length < MAX_ELEMENTS) return
  }
  throw new DirectoryError('source-too-large', 'More were found than one question may list.')
}
