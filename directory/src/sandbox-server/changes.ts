// Making things happen in the sandbox's register: people come, move, marry, lose and regain their licence, die, vanish.
// Not concerned with telling anybody (feed.ts) nor with keeping versions (register.ts).

import { z } from 'zod'
import { belgianPlaces } from '../names/places.ts'
import { createRandom, type Random } from '../sandbox/random.ts'
import type { Feed } from './feed.ts'
import type { SandboxPractice, SandboxRecord } from './record.ts'
import { type SandboxAddress, toAddress } from './record.ts'
import type { Register } from './register.ts'

/** How many, drawn by chance, or who, by the register's identifiers. */
const who = z.union([z.number().int().min(0).max(1_000_000), z.array(z.string().max(40)).max(10_000)])

export const changesSchema = z.strictObject({
  add: z.number().int().min(0).max(100_000).default(0),
  move: who.default(0),
  rename: who.default(0),
  loseLicence: who.default(0),
  regainLicence: who.default(0),
  decease: who.default(0),
  vanish: who.default(0),
  /** of everybody */
  vanishPercent: z.number().min(0).max(100).default(0),
})

export type ChangesRequest = z.infer<typeof changesSchema>

export interface MadeChange {
  readonly id: string
  readonly kind: 'add' | 'move' | 'rename' | 'loseLicence' | 'regainLicence' | 'decease' | 'vanish'
  readonly sequence: number
}

type Kind = Exclude<MadeChange['kind'], 'add'>

const KINDS: readonly Kind[] = ['move', 'rename', 'loseLicence', 'regainLicence', 'decease', 'vanish']

/** @returns what happened, to whom; ids that nobody has are left out */
export function makeChanges(register: Register, feed: Feed, request: ChangesRequest): MadeChange[] {
  const random = createRandom(feed.lastSequence + 1, -2)
  const changed = new Map<number, SandboxRecord | null>()
  const made: MadeChange[] = []
  const note = (at: number, id: string, kind: MadeChange['kind'], record: SandboxRecord | null): void => {
    changed.set(at, record)
    made.push({ id, kind, sequence: feed.lastSequence })
  }
  for (const kind of KINDS) {
    const asked = kind === 'vanish' ? withPercent(request, register) : request[kind]
    for (const at of choose(register, random, asked, changed)) {
      const before = register.record(at)
      if (before === undefined) continue
      const version = `${register.sourceVersion}.${feed.append(before.id)}`
      note(at, before.id, kind, kind === 'vanish' ? null : { ...CHANGE[kind](before, random), version })
    }
  }
  const firstNew = nextNumber(register)
  for (let index = 0; index < request.add; index++) {
    const record = register.newcomer(`${register.sourceVersion}.${feed.lastSequence + 1}`)
    feed.append(record.id)
    note(firstNew + index, record.id, 'add', record)
  }
  if (changed.size > 0) register.change(changed, feed.lastSequence)
  return made
}

const CHANGE: Readonly<
  Record<Exclude<Kind, 'vanish'>, (record: SandboxRecord, random: Random) => SandboxRecord>
> = {
  move: (record, random) => {
    const address = drawAddress(random)
    const [first, ...others] = record.practices
    if (first === undefined) return record
    return { ...record, practices: [{ ...first, organization: undefined, address }, ...others] }
  },
  rename: (record, random) => ({
    ...record,
    lastName: `${record.lastName.split('-')[0]}-${random.pick(['Dumont', 'Claes', 'Verbeke', 'Lambert'])}`,
  }),
  loseLicence: (record) => withLicence(record, false),
  regainLicence: (record) => withLicence(record, true),
  decease: (record) => ({ ...record, deceased: true }),
}

function withLicence(record: SandboxRecord, isLicensed: boolean): SandboxRecord {
  const practices = record.practices.map(
    (practice): SandboxPractice => ({
      ...practice,
      licenseToPractice: isLicensed,
      healthcareStatus: isLicensed ? 'ACTIVE' : 'INACTIVE',
    }),
  )
  return { ...record, practices }
}

const POSTCODES = ['1000', '1050', '1200', '2000', '3000', '4000', '5000', '7000', '8000', '9000']

function drawAddress(random: Random): SandboxAddress {
  const location = belgianPlaces().locationOf(random.pick(POSTCODES))
  if (location === undefined) throw new RangeError('these postcodes are of large towns')
  return toAddress(location)
}

function withPercent({ vanish, vanishPercent }: ChangesRequest, register: Register): number | string[] {
  if (typeof vanish !== 'number') return vanish
  return vanish + Math.round((register.current().people * vanishPercent) / 100)
}

/** Numbers of generated people who are there, each once, none who is changed already; fewer if there are no more. */
function choose(
  register: Register,
  random: Random,
  asked: number | readonly string[],
  changed: ReadonlyMap<number, unknown>,
): number[] {
  if (typeof asked !== 'number') {
    const numbers = asked.flatMap((id) => register.numberOf(id) ?? [])
    return [...new Set(numbers)].filter((at) => !changed.has(at))
  }
  const taken = new Set<number>()
  const { changed: earlier } = register.current()
  let available = register.generatedPeople
  for (let at = 0; at < register.generatedPeople; at++)
    if (changed.has(at) || earlier.get(at) === null) available -= 1
  const limit = Math.min(asked, available)
  while (taken.size < limit) {
    const at = random.below(register.generatedPeople)
    if (!changed.has(at) && earlier.get(at) !== null) taken.add(at)
  }
  // In their order: neighbours lie in one block.
  return [...taken].sort((a, b) => a - b)
}

function nextNumber(register: Register): number {
  let next = register.generatedPeople
  for (const at of register.current().changed.keys()) next = Math.max(next, at + 1)
  return next
}
