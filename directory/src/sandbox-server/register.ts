// The sandbox's register: the generated people, packed, and over them what was changed since. A version that somebody
// began to read stays readable while a few newer ones are made.
// Not concerned with speaking to anybody.

import type { Organisation } from '../model.ts'
import { openSandboxRegister } from '../sandbox/generate.ts'
import { createLineBlocks } from './line-blocks.ts'
import { answersTo, createPeopleColumns, type ProfessionalQuestion } from './people-columns.ts'
import { type SandboxRecord, toRecord } from './record.ts'
import { writeRows } from './snapshot-rows.ts'

export interface RegisterVersion {
  /** letters, digits, dots and dashes */
  readonly version: string
  readonly people: number
  /** of the last notification that this version has in it */
  readonly sequence: number
  readonly asOfMs: number
  /** by person number: another record, or null for somebody who vanished */
  readonly changed: ReadonlyMap<number, SandboxRecord | null>
}

export interface RegisterSize {
  readonly seed: number
  readonly people: number
  /** people are made until there are so many roles, however few people were asked for */
  readonly roles?: number | undefined
  readonly onProgress?: ((people: number, roles: number) => void) | undefined
}

export interface Register {
  readonly generatedPeople: number
  readonly generatedRoles: number
  readonly organisations: readonly Organisation[]
  readonly sourceVersion: string
  current(): RegisterVersion
  /** undefined if it is kept no more */
  version(version: string): RegisterVersion | undefined
  record(at: number): SandboxRecord | undefined
  numberOf(id: string): number | undefined
  find(question: ProfessionalQuestion, offset: number, limit: number): SandboxRecord[]
  /** Somebody who was never in this register. */
  newcomer(version: string): SandboxRecord
  /** Makes a new version. Numbers behind the last add people. */
  change(changes: ReadonlyMap<number, SandboxRecord | null>, sequence: number): RegisterVersion
  /** Gzipped rows of one version, without the first `after`. */
  rows(of: RegisterVersion, after: number): Iterable<Buffer>
}

const KEPT_VERSIONS = 5
const PROGRESS_EVERY = 50_000

export function createRegister(size: RegisterSize): Register {
  const lines = createLineBlocks()
  const columns = createPeopleColumns()
  const sandbox = openSandboxRegister(size.seed)
  const people = sandbox.people()[Symbol.iterator]()
  const newcomer = (version: string): SandboxRecord => {
    const { value, done } = people.next()
    if (done) throw new RangeError('a sandbox has people without end')
    return toRecord(value, version)
  }
  const next = (): SandboxRecord => newcomer(sandbox.sourceVersion)
  const generatedRoles = fill(size, sandbox.namedPeople, next, (record) => {
    columns.add(lines.count, record)
    lines.append(JSON.stringify(record))
  })
  lines.seal()
  const generatedPeople = lines.count
  const addedNumbers = new Map<string, number>()
  const kept: RegisterVersion[] = [
    {
      version: `${sandbox.sourceVersion}.0`,
      people: generatedPeople,
      sequence: 0,
      asOfMs: Date.now(),
      changed: new Map(),
    },
  ]
  const current = (): RegisterVersion => {
    const last = kept.at(-1)
    if (last === undefined) throw new RangeError('a register has a version')
    return last
  }
  const record = (at: number): SandboxRecord | undefined => {
    const changed = current().changed.get(at)
    if (changed !== undefined) return changed ?? undefined
    const line = lines.line(at)
    return line === undefined ? undefined : JSON.parse(line)
  }

  return {
    generatedPeople,
    generatedRoles,
    organisations: sandbox.organisations,
    sourceVersion: sandbox.sourceVersion,
    current,
    version: (version) => kept.find((candidate) => candidate.version === version),
    record,
    newcomer,
    numberOf(id) {
      const at = columns.findId(id) ?? addedNumbers.get(id)
      return at !== undefined && record(at)?.id === id ? at : undefined
    },
    find(question, offset, limit) {
      const { changed } = current()
      const numbers = columns.find(question).filter((at) => !changed.has(at))
      for (const [at, other] of changed) if (other !== null && answersTo(other, question)) numbers.push(at)
      return numbers.slice(offset, offset + limit).flatMap((at) => record(at) ?? [])
    },
    change(changes, sequence) {
      const before = current()
      const changed = new Map([...before.changed, ...changes])
      for (const [at, other] of changes)
        if (other !== null && at >= generatedPeople) addedNumbers.set(other.id, at)
      const version = `${sandbox.sourceVersion}.${sequence}`
      const count = countPeople(generatedPeople, changed)
      kept.push({ version, people: count, sequence, asOfMs: Date.now(), changed })
      if (kept.length > KEPT_VERSIONS) kept.shift()
      return current()
    },
    rows: (of, after) => writeRows(lines, of.changed, after),
  }
}

function countPeople(generated: number, changed: RegisterVersion['changed']): number {
  let people = generated
  for (const [at, record] of changed) {
    if (record === null && at < generated) people -= 1
    if (record !== null && at >= generated) people += 1
  }
  return people
}

/** @returns how many roles were made */
function fill(
  { people, roles = 0, onProgress }: RegisterSize,
  atLeast: number,
  next: () => SandboxRecord,
  add: (record: SandboxRecord) => void,
): number {
  let made = 0
  let madeRoles = 0
  while (made < atLeast || (roles > 0 ? madeRoles < roles : made < people)) {
    const record = next()
    add(record)
    made += 1
    madeRoles += record.practices.length
    if (made % PROGRESS_EVERY === 0) onProgress?.(made, madeRoles)
  }
  return madeRoles
}
