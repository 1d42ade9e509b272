/** Rows of the directory's tables as the program knows them. Not concerned with queries. */
import type { Person } from '@pli/directory'
import { type DirectoryVersion, decodePerson, encodePerson, type StagedSnapshot } from '@pli/directory/store'
import type { SqlValue } from './database.ts'

export interface PersonRow {
  position: number
  person_id: string
  body: string
  source: Person['roles'][number]['source']
  source_version: string
}

export const PERSON_COLUMNS = 'position, person_id, body, source, source_version'

export function readPerson({ person_id, body, source, source_version }: PersonRow): Person {
  return decodePerson({ personId: person_id, body, source, sourceVersion: source_version })
}

/** In the order of `INSERT_COLUMNS`. */
export function personValues(person: Person): SqlValue[] {
  const { personId, digest, body, source, sourceVersion } = encodePerson(person)
  return [personId, digest, body, source, sourceVersion, person.roles.length, person.goneSinceMs ?? null]
}

export const INSERT_COLUMNS = 'person_id, digest, body, source, source_version, roles, gone_since_ms'

export interface GenerationRow {
  generation: number
  state: 'staged' | 'current' | 'former'
  source: DirectoryVersion['source']
  source_version: string
  feed_position: string
  feed_at_ms: number
  sequence: number
  people: number
  roles: number
  changed_at_ms: number
  cursor: string | null
  complete: number
  rows: number
  repeated: number
}

export function versionOf(row: GenerationRow): DirectoryVersion {
  return {
    generation: row.generation,
    sequence: row.sequence,
    source: row.source,
    sourceVersion: row.source_version,
    people: row.people,
    roles: row.roles,
    changedAtMs: row.changed_at_ms,
  }
}

export function stagedOf(row: GenerationRow): StagedSnapshot {
  return {
    source: row.source,
    sourceVersion: row.source_version,
    feedPosition: row.feed_position,
    startedAtMs: row.changed_at_ms,
    cursor: row.cursor ?? undefined,
    isComplete: row.complete === 1,
    people: row.people,
    roles: row.roles,
    rows: row.rows,
  }
}
