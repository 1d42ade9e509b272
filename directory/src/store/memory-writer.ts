// The writer of the store in memory. Not concerned with reading.

import { DirectoryError } from '../errors.ts'
import type { QuarantineReason } from '../source/source.ts'
import type { MemoryGeneration, MemoryStaging, MemoryState } from './memory-store.ts'
import { decodePerson, type EncodedPerson, encodePerson } from './person-row.ts'
import {
  type Applied,
  type Comparison,
  type DirectoryWriter,
  GONE_KEPT_MS,
  type PersonChange,
  type StagedBatch,
} from './store.ts'
import { uniteRoles } from './unite-roles.ts'
import { withdrawPerson } from './withdraw-person.ts'

const RUNS_KEPT = 50

export function createMemoryWriter(state: MemoryState): DirectoryWriter {
  return {
    staged: async () => state.staging?.snapshot,
    async beginStaging(snapshot) {
      state.staging = {
        snapshot: { ...snapshot, cursor: undefined, isComplete: false, people: 0, roles: 0, rows: 0 },
        rows: new Map(),
        setAside: [],
        refusedRoles: [],
        repeated: 0,
      }
    },
    stage: async (batch) => stage(stagingOf(state), batch),
    async discardStaging() {
      state.staging = undefined
    },
    compare: async () => compare(stagingOf(state), state.generations.at(-1)),
    swap: async (nowMs) => swap(state, nowMs),
    applyChanges: async (changes, feedPosition, nowMs) => applyChanges(state, changes, feedPosition, nowMs),
    feedPosition: async () => state.feed,
    async recordRun(run) {
      state.runs = [run, ...state.runs].slice(0, RUNS_KEPT)
    },
    recordedRuns: async () => state.runs,
    async close() {
      state.isWriting = false
    },
  }
}

function stagingOf({ staging }: MemoryState): MemoryStaging {
  if (staging === undefined) throw new DirectoryError('nothing-staged', 'No snapshot is staged.')
  return staging
}

function stage(
  staging: MemoryStaging,
  { people, setAside, refusedRoles, cursor, isLast }: StagedBatch,
): void {
  for (const person of people) {
    const before = staging.rows.get(person.personId)
    if (before !== undefined) staging.repeated += 1
    const united = before === undefined ? person : uniteRoles(decodePerson(before), person)
    staging.rows.set(person.personId, encodePerson(united))
  }
  staging.setAside.push(...setAside)
  staging.refusedRoles.push(...refusedRoles)
  staging.snapshot = {
    ...staging.snapshot,
    cursor,
    isComplete: isLast,
    people: staging.rows.size,
    roles: countRoles(staging.rows.values()),
    rows: staging.snapshot.rows + people.length + setAside.length,
  }
}

function compare(staging: MemoryStaging, current: MemoryGeneration | undefined): Comparison {
  const before = current?.rows ?? new Map<string, EncodedPerson>()
  const counts = { added: 0, changed: 0, unchanged: 0 }
  for (const row of staging.rows.values()) {
    const former = before.get(row.personId)
    if (former === undefined || isGone(former)) counts.added += 1
    else if (former.body === row.body) counts.unchanged += 1
    else counts.changed += 1
  }
  const keeps = new Set(staging.setAside.map(({ personId }) => personId))
  const missing = [...before.values()].filter((row) => !isGone(row) && !staging.rows.has(row.personId))
  const kept = missing.filter(({ personId }) => keeps.has(personId))
  return {
    ...counts,
    people: staging.snapshot.people,
    roles: staging.snapshot.roles,
    formerPeople: current?.version.people ?? 0,
    gone: missing.length - kept.length,
    keptFormer: kept.length,
    repeated: staging.repeated,
    setAside: countReasons(staging.setAside.map(({ reason }) => reason)),
    refusedRoles: countReasons(staging.refusedRoles),
  }
}

function swap(state: MemoryState, nowMs: number) {
  const staging = stagingOf(state)
  if (!staging.snapshot.isComplete)
    throw new DirectoryError('nothing-staged', 'The staged snapshot is cut off.')
  const current = state.generations.at(-1)
  const keeps = new Set(staging.setAside.map(({ personId }) => personId))
  for (const row of current?.rows.values() ?? []) {
    if (staging.rows.has(row.personId)) continue
    const former = decodePerson(row)
    const isRecent = (former.goneSinceMs ?? nowMs) > nowMs - GONE_KEPT_MS
    if (keeps.has(row.personId) || (former.goneSinceMs !== undefined && isRecent))
      staging.rows.set(row.personId, row)
    else if (former.goneSinceMs === undefined)
      staging.rows.set(row.personId, encodePerson(withdrawPerson(former, nowMs)))
  }
  state.lastGeneration += 1
  const { source, sourceVersion, feedPosition } = staging.snapshot
  const version = {
    ...{ generation: state.lastGeneration, sequence: 0, source, sourceVersion },
    ...countPresent(staging.rows),
    changedAtMs: nowMs,
  }
  state.generations = [...state.generations.slice(-1), { version, rows: staging.rows, log: [] }]
  state.feed = { position: feedPosition, atMs: nowMs }
  state.staging = undefined
  return version
}

function applyChanges(
  state: MemoryState,
  changes: readonly PersonChange[],
  position: string,
  nowMs: number,
): Applied {
  const held = state.generations.at(-1)
  if (held === undefined) throw new DirectoryError('no-generation', 'No snapshot was taken in yet.')
  const counts = { added: 0, changed: 0, unchanged: 0, gone: 0 }
  for (const change of changes) counts[applyChange(held, change, nowMs)] += 1
  held.version = {
    ...held.version,
    ...countPresent(held.rows),
    changedAtMs: held.log.length > held.version.sequence ? nowMs : held.version.changedAtMs,
    sequence: held.log.length,
  }
  state.feed = { position, atMs: nowMs }
  return { version: held.version, ...counts }
}

function applyChange({ rows, log }: MemoryGeneration, { personId, person }: PersonChange, nowMs: number) {
  const former = rows.get(personId)
  if (person === undefined) {
    if (former === undefined || isGone(former)) return 'unchanged'
    rows.set(personId, encodePerson(withdrawPerson(decodePerson(former), nowMs)))
    log.push(personId)
    return 'gone'
  }
  const row = encodePerson(person)
  if (former?.body === row.body) return 'unchanged'
  rows.set(personId, row)
  log.push(personId)
  return former === undefined || isGone(former) ? 'added' : 'changed'
}

function isGone(row: EncodedPerson): boolean {
  return decodePerson(row).goneSinceMs !== undefined
}

function countRoles(rows: Iterable<EncodedPerson>): number {
  let roles = 0
  for (const row of rows) roles += decodePerson(row).roles.length
  return roles
}

function countPresent(rows: ReadonlyMap<string, EncodedPerson>): { people: number; roles: number } {
  const present = [...rows.values()].filter((row) => !isGone(row))
  return { people: present.length, roles: countRoles(present) }
}

function countReasons(reasons: readonly QuarantineReason[]): Partial<Record<QuarantineReason, number>> {
  const counts: Partial<Record<QuarantineReason, number>> = {}
  for (const reason of reasons) counts[reason] = (counts[reason] ?? 0) + 1
  return counts
}
