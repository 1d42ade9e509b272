/**
 * The directory's documents. One of them, the state, decides: which generation is current, how far its changes go, what
 * is staged and who writes. Everything else is written before it is named there. Not concerned with queries.
 */
import type { Person } from '@pli/directory'
import { type DirectoryVersion, decodePerson, encodePerson, type StagedSnapshot } from '@pli/directory/store'

export const STATE = 'state'

export interface GenerationState extends DirectoryVersion {
  feed: { position: string; atMs: number }
}

export interface StagingState extends Omit<StagedSnapshot, 'cursor'> {
  generation: number
  cursor?: string
  /** Batches that are whole. */
  batches: number
  repeated: number
}

/** Changes that are sure to come: noted with all that is needed to finish them. */
export interface ApplyingState {
  version: DirectoryVersion
  feed: { position: string; atMs: number }
}

export interface StateDocument {
  _id: typeof STATE
  lastGeneration: number
  current?: GenerationState
  former?: GenerationState
  staging?: StagingState
  applying?: ApplyingState
  writer?: { owner: string; until: Date }
}

/** `_id`: the person's id. A collection for each generation, so that an old one is dropped whole. */
export interface PersonDocument {
  _id: string
  body: string
  digest: Buffer
  source: string
  sourceVersion: string
  roles: number
  ssinHmac?: string
  goneSinceMs?: number
  /** The batch that wrote it; what a batch wrote that did not become whole is undone. */
  batch: number
  before?: Omit<PersonDocument, 'before'>
}

/** `_id`: the sequence. A collection for each generation. */
export interface ChangeDocument {
  _id: number
  personId: string
}

/** `_id`: batch and position in it. */
export interface SetAsideDocument {
  _id: string
  batch: number
  kind: 'row' | 'role'
  reason: string
  personId?: string
}

export interface RunDocument {
  _id: number
  atMs: number
  report: string
}

export function toDocument(person: Person, batch: number): PersonDocument {
  const { personId, body, digest, source, sourceVersion } = encodePerson(person)
  const { ssinHmac, goneSinceMs, roles } = person
  return {
    _id: personId,
    ...{ body, digest: Buffer.from(digest), source, sourceVersion, roles: roles.length, batch },
    ...(ssinHmac === undefined ? {} : { ssinHmac }),
    ...(goneSinceMs === undefined ? {} : { goneSinceMs }),
  }
}

export function toPerson({ _id: personId, body, source, sourceVersion }: PersonDocument): Person {
  return decodePerson({ personId, body, source: source as Person['roles'][number]['source'], sourceVersion })
}
