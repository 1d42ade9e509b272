// A directory as text that two synchronised ones can be compared by: whom the register has, in order, without the
// version each record came with.

import { encodePerson } from '../person-row.ts'
import type { DirectoryReader } from '../store.ts'
import { readAll } from './samples.ts'

export async function dumpDirectory(reader: DirectoryReader): Promise<string> {
  const generation = (await reader.current())?.generation ?? 0
  const people = [...(await readAll(reader, generation)).values()]
  return people
    .filter(({ goneSinceMs }) => goneSinceMs === undefined)
    .map((person) => `${person.personId} ${encodePerson(person).body}`)
    .sort()
    .join('\n')
}
