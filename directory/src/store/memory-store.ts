// The store in memory: for trying things out, for the sandbox, and as the plainest reading of the interface.
// Not durable, and for one process.

import { DirectoryError } from '../errors.ts'
import type { Person } from '../model.ts'
import type { QuarantineReason } from '../source/source.ts'
import { createMemoryWriter } from './memory-writer.ts'
import { decodePerson, type EncodedPerson } from './person-row.ts'
import type { DirectoryStore, DirectoryVersion, RecordedRun, StagedSnapshot } from './store.ts'

export interface MemoryGeneration {
  version: DirectoryVersion
  readonly rows: Map<string, EncodedPerson>
  /** ids of changed people, by sequence − 1 */
  readonly log: string[]
}

export interface MemoryStaging {
  snapshot: StagedSnapshot
  readonly rows: Map<string, EncodedPerson>
  readonly setAside: { reason: QuarantineReason; personId?: string }[]
  readonly refusedRoles: QuarantineReason[]
  repeated: number
}

export interface MemoryState {
  /** the current one last; two at most */
  generations: MemoryGeneration[]
  lastGeneration: number
  staging: MemoryStaging | undefined
  feed: { position: string; atMs: number } | undefined
  runs: RecordedRun[]
  isWriting: boolean
}

const READ_AT_ONCE = 1_000

export function createMemoryStore(): DirectoryStore {
  const state: MemoryState = {
    generations: [],
    lastGeneration: 0,
    staging: undefined,
    feed: undefined,
    runs: [],
    isWriting: false,
  }
  const current = () => state.generations.at(-1)
  return {
    current: async () => current()?.version,
    readPeople: (generation) => readPeople(state, generation),
    async changesSince({ generation, sequence }, limit) {
      const held = current()
      if (held?.version.generation !== generation) return { kind: 'read-anew' }
      const changes = held.log.slice(sequence, sequence + limit).map((personId, index) => ({
        sequence: sequence + index + 1,
        personId,
        person: personOf(held, personId),
      }))
      return { kind: 'changes', changes }
    },
    async personsById(personIds) {
      const held = current()
      const found = new Map<string, Person>()
      for (const personId of held === undefined ? [] : personIds) {
        const person = held && personOf(held, personId)
        if (person !== undefined) found.set(personId, person)
      }
      return found
    },
    async personIdBySsinHmac(ssinHmac) {
      for (const row of current()?.rows.values() ?? []) {
        if (decodePerson(row).ssinHmac === ssinHmac) return row.personId
      }
      return undefined
    },
    async openWriter() {
      if (state.isWriting) throw new DirectoryError('sync-running', 'The directory is being written to.')
      state.isWriting = true
      return createMemoryWriter(state)
    },
    async close() {},
  }
}

function personOf({ rows }: MemoryGeneration, personId: string): Person | undefined {
  const row = rows.get(personId)
  return row && decodePerson(row)
}

async function* readPeople(state: MemoryState, generation: number): AsyncIterable<readonly Person[]> {
  const held = state.generations.find(({ version }) => version.generation === generation)
  if (held === undefined) throw new DirectoryError('generation-gone', 'This generation is not kept any more.')
  const rows = [...held.rows.values()]
  for (let at = 0; at < rows.length; at += READ_AT_ONCE) {
    yield rows.slice(at, at + READ_AT_ONCE).map(decodePerson)
  }
}
