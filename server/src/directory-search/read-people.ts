/**
 * Purpose: an index of all people of a source, made while they are read.
 * Not concerned with answering questions.
 */
import { createDirectoryIndexBuilder, type DirectoryIndex } from '@pli/directory'
import { generateSandbox } from '@pli/directory/sandbox'
import { openRegister } from '../open-register.ts'
import type { LoadedVersion, PeopleSource } from './messages.ts'

export interface LoadedIndex {
  index: DirectoryIndex
  roles: number
  version?: LoadedVersion
}

/** A store without a version gives an index of nobody. */
export async function readPeople(source: PeopleSource): Promise<LoadedIndex> {
  const builder = createDirectoryIndexBuilder()
  if (source.kind === 'sandbox') {
    const { seed, people, ssinKey } = source
    for (const person of generateSandbox({ seed, people, ssinKey: Buffer.from(ssinKey, 'base64url') }).people)
      builder.add(person)
    return { roles: builder.roleCount, index: builder.finish() }
  }
  const store = await openRegister(source)
  try {
    const version = await store.current()
    if (version !== undefined) {
      for await (const people of store.readPeople(version.generation))
        for (const person of people) builder.add(person)
    }
    return {
      roles: builder.roleCount,
      index: builder.finish(),
      ...(version === undefined
        ? {}
        : { version: { generation: version.generation, sequence: version.sequence } }),
    }
  } finally {
    await store.close()
  }
}
