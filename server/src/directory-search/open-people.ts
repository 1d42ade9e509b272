/**
 * Purpose: where people are searched: in a process of their own, or right here when they are so few that a process
 * would cost more than it spares.
 */
import type { Directory } from '../domain/directory/directory.ts'
import { createLocalDirectory } from './local-directory.ts'
import { readPeople } from './read-people.ts'
import { openRemoteDirectory, type RemoteDirectoryOptions } from './remote-directory.ts'

/** A sandbox of so many is made in a moment and searched in less than a millisecond. */
const FEW_PEOPLE = 5_000

export async function openPeople(options: RemoteDirectoryOptions): Promise<Directory> {
  const { source } = options
  const areFew = source.kind === 'sandbox' && source.people <= FEW_PEOPLE
  return areFew ? createLocalDirectory((await readPeople(source)).index) : openRemoteDirectory(options)
}
