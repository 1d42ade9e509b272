/** Reading the directory in MongoDB, any number of processes at once. Not concerned with writing. */
import { DirectoryError, type Person } from '@pli/directory'
import type { ChangesSince, DirectoryReader, DirectoryVersion } from '@pli/directory/store'
import {
  type DirectoryCollections,
  guardDirectory,
  guardedDirectory,
  readState,
} from './directory-collections.ts'
import { type GenerationState, type PersonDocument, toPerson } from './directory-documents.ts'

const READ_AT_ONCE = 1_000

export function createDirectoryReader(collections: DirectoryCollections): Omit<DirectoryReader, 'close'> {
  const isKept = async (generation: number) => {
    const { current, former } = await readState(collections)
    return current?.generation === generation || former?.generation === generation
  }

  /** A generation may be dropped while it is asked: then again, about the one that came. */
  async function ofCurrent<T>(none: T, ask: (held: GenerationState) => Promise<T>): Promise<T> {
    for (;;) {
      const { current } = await readState(collections)
      if (current === undefined) return none
      const answer = await ask(current)
      if (await isKept(current.generation)) return answer
    }
  }

  return {
    ...guardedDirectory({
      async current() {
        const { current } = await readState(collections)
        return current && versionOf(current)
      },
      changesSince: (since: Pick<DirectoryVersion, 'generation' | 'sequence'>, limit: number) =>
        ofCurrent<ChangesSince>({ kind: 'read-anew' }, (held) =>
          readChanges(collections, held, since, limit),
        ),
      personsById: (personIds: readonly string[]) =>
        ofCurrent<ReadonlyMap<string, Person>>(new Map(), ({ generation }) =>
          readPersons(collections, generation, personIds),
        ),
      personIdBySsinHmac: (ssinHmac: string) =>
        ofCurrent<string | undefined>(undefined, async ({ generation }) => {
          const found = await collections.people(generation).findOne({ ssinHmac }, { projection: { _id: 1 } })
          return found?._id
        }),
    }),
    readPeople: (generation) => readPeople(collections, generation, isKept),
  }
}

export function versionOf(state: DirectoryVersion): DirectoryVersion {
  const { generation, sequence, source, sourceVersion, people, roles, changedAtMs } = state
  return { generation, sequence, source, sourceVersion, people, roles, changedAtMs }
}

async function readPersons(
  collections: DirectoryCollections,
  generation: number,
  personIds: readonly string[],
): Promise<Map<string, Person>> {
  const found = await collections
    .people(generation)
    .find({ _id: { $in: [...personIds] } })
    .toArray()
  return new Map(found.map((document) => [document._id, toPerson(document)]))
}

/** Not beyond what the state says: later ones are being written. */
async function readChanges(
  collections: DirectoryCollections,
  held: GenerationState,
  { generation, sequence }: Pick<DirectoryVersion, 'generation' | 'sequence'>,
  limit: number,
): Promise<ChangesSince> {
  if (held.generation !== generation) return { kind: 'read-anew' }
  const logged = await collections
    .changes(generation)
    .find({ _id: { $gt: sequence, $lte: held.sequence } })
    .sort({ _id: 1 })
    .limit(limit)
    .toArray()
  const people = await readPersons(
    collections,
    generation,
    logged.map(({ personId }) => personId),
  )
  const changes = logged.map(({ _id, personId }) => ({
    sequence: _id,
    personId,
    person: people.get(personId),
  }))
  return { kind: 'changes', changes }
}

async function* readPeople(
  collections: DirectoryCollections,
  generation: number,
  isKept: (generation: number) => Promise<boolean>,
): AsyncIterable<readonly Person[]> {
  let after = ''
  for (;;) {
    const page: PersonDocument[] = await guardDirectory(() =>
      collections
        .people(generation)
        .find({ _id: { $gt: after } })
        .sort({ _id: 1 })
        .limit(READ_AT_ONCE)
        .toArray(),
    )
    // Asked after reading: what was read is whole only if the collection was still there.
    if (!(await guardDirectory(() => isKept(generation)))) {
      throw new DirectoryError('generation-gone', 'This generation is not kept any more.')
    }
    if (page.length === 0) return
    yield page.map(toPerson)
    after = page.at(-1)?._id ?? after
  }
}
