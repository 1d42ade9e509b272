/** What ends by itself, and the Sunday digest: over the real store, with a clock that can be set. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Person } from '@pli/directory'
import type { GuaranteeId, PersonId } from '@pli/protocol/wire'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { silentLog } from '../../log.ts'
import { openEmbeddedStorage } from '../../storage/embedded/open.ts'
import type { DeviceAddress, Storage } from '../../storage/interfaces.ts'
import { register, registration } from '../../storage/testing/samples.ts'
import { createGuarantors, type Guarantors } from './guarantors.ts'
import { createVouchedPeople, type VouchedPeople } from './vouched-people.ts'

const DAY_MS = 24 * 3600_000
/** A Wednesday, at noon in Brussels. */
const START_MS = Date.UTC(2026, 5, 3, 10)
const GUARANTOR = 'guarantor' as PersonId

const guarantorPerson: Person = {
  ...{ personId: GUARANTOR, lastName: 'Peeters', firstName: 'Mathilde', language: 'fr', deceased: false },
  roles: [
    {
      ...{ roleId: 'r', profession: 'PHYSICIAN', cdHcparty: 'persphysician', licenceToPractise: true },
      ...{ source: 'sandbox', sourceVersion: '1' },
      location: { postcode: '1200', nsi: '21018', nl: 'Sint-Lambrechts-Woluwe', fr: 'Woluwe-Saint-Lambert' },
    },
  ],
}

let folder = ''
let storage: Storage
let nowMs = START_MS
let guarantors: Guarantors
let vouched: VouchedPeople
let woken: DeviceAddress[]
let deleted: PersonId[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pli-guarantors-'))
  storage = await openEmbeddedStorage(join(folder, 'relay.db'))
  ;[woken, deleted] = [[], []]
  nowMs = START_MS
  await register(storage, registration(GUARANTOR))
  const directory = { person: async (id: string) => (id === GUARANTOR ? guarantorPerson : undefined) }
  vouched = createVouchedPeople({ store: storage.guarantees, directory, nowMs: () => nowMs })
  guarantors = createGuarantors({
    ...{ storage, directory, vouched, log: silentLog, nowMs: () => nowMs },
    licences: { review: async () => {} },
    connections: { tellOfGuarantees: () => false },
    others: { wake: (address) => void woken.push(address) },
    deleteAccount: async (personId) => void deleted.push(personId),
    bounds: { pendingAtMost: 10, activeAtMost: 10 },
  })
})
afterEach(async () => {
  guarantors.close()
  await storage.close()
  await rm(folder, { recursive: true, force: true })
})

let asked = 0
async function ask() {
  asked += 1
  const requestToken = `request.${String(asked).padStart(43, 'A')}`
  const applicant = { lastName: 'Desplechin', firstName: 'Aurore', profession: 'Interne', place: '1050' }
  return guarantors.requests.ask({ ...applicant, requestToken, guarantorId: GUARANTOR })
}
const stateOf = async (id: GuaranteeId) => (await storage.guarantees.byId(id))?.state
const events = async () => (await guarantors.audit.read(0, 100)).map(({ event }) => event.slice(10))

async function admit() {
  const { guaranteeId, checkCode = '' } = await ask()
  await guarantors.decisions.accept({ guaranteeId, guarantorId: GUARANTOR, checkCode })
  return guaranteeId
}

describe('a request', () => {
  it('wakes the guarantor, lapses after thirty days, and is erased after thirty more', async () => {
    const { guaranteeId } = await ask()
    expect(woken).toHaveLength(1)
    await guarantors.sweep(START_MS + 29 * DAY_MS)
    expect(await stateOf(guaranteeId)).toBe('pending')
    await guarantors.sweep(START_MS + 30 * DAY_MS)
    expect(await stateOf(guaranteeId)).toBe('lapsed')
    await guarantors.sweep(START_MS + 61 * DAY_MS)
    expect(await stateOf(guaranteeId)).toBeUndefined()
    expect(await events()).toEqual(['requested', 'lapsed'])
    expect(deleted).toEqual([])
  })
})

describe('a guarantee', () => {
  it('ends after a year, can be renewed before and after, and goes with the account in the end', async () => {
    const guaranteeId = await admit()
    const personId = `vouched-${guaranteeId}` as PersonId
    const renew = () => guarantors.decisions.renew({ guaranteeId, guarantorId: GUARANTOR })
    const isActive = async () => (await vouched.person(personId))?.roles[0]?.active
    expect(await isActive()).toBe(true)
    expect(await vouched.search({ text: 'desplechin ixelles' })).toHaveLength(1)

    nowMs += 300 * DAY_MS
    await expect(renew()).rejects.toMatchObject({ code: 'conflict' })
    nowMs += 20 * DAY_MS
    await renew()
    nowMs += 366 * DAY_MS
    // Over, although nobody swept.
    expect(await isActive()).toBe(false)
    expect(await vouched.search({ text: 'desplechin' })).toEqual([])
    await guarantors.sweep(nowMs)
    expect(await stateOf(guaranteeId)).toBe('expired')
    await renew()
    expect(await isActive()).toBe(true)

    nowMs += 366 * DAY_MS
    await guarantors.sweep(nowMs)
    nowMs += 91 * DAY_MS
    await guarantors.sweep(nowMs)
    expect(await stateOf(guaranteeId)).toBeUndefined()
    expect(deleted).toEqual([personId])
    expect((await guarantors.audit.verify()).brokenAt).toBeUndefined()
    expect(await events()).toEqual(['requested', 'approved', 'renewed', 'expired', 'renewed', 'expired'])
  })

  it('of an operator hangs on nobody’s licence', async () => {
    const { guaranteeId } = await ask()
    await guarantors.decisions.accept({ guaranteeId })
    const person = await vouched.person(`vouched-${guaranteeId}` as PersonId)
    expect(person).toMatchObject({ vouched: { by: 'operator' }, roles: [{ active: true }] })
    expect(person?.vouched?.guarantorName).toBeUndefined()
    expect((await guarantors.decisions.list(GUARANTOR)).guarantees).toEqual([])
  })
})

describe('a decision', () => {
  it('gets into the audit trail although the relay stopped before it was written there', async () => {
    const { guaranteeId, checkCode = '' } = await ask()
    const { append } = storage.audit
    storage.audit.append = () => Promise.reject(new Error('the disk'))
    await expect(
      guarantors.decisions.accept({ guaranteeId, guarantorId: GUARANTOR, checkCode }),
    ).rejects.toThrow('the disk')
    storage.audit.append = append
    expect(await stateOf(guaranteeId)).toBe('approved')
    for (const laterMs of [0, 120_000, 240_000]) await guarantors.sweep(START_MS + laterMs)
    expect(await events()).toEqual(['requested', 'approved'])
    expect((await guarantors.audit.read(1, 1))[0]).toMatchObject({
      actor: `guarantor:${GUARANTOR}`,
      subject: guaranteeId,
    })
  })
})

describe('on Sunday', () => {
  const SUNDAY_MS = Date.UTC(2026, 5, 7, 8)

  it('after nine, whoever has not decided is woken once, however many wait and however often it is swept', async () => {
    await ask()
    await ask()
    woken.length = 0
    await guarantors.sweep(START_MS + DAY_MS)
    await guarantors.sweep(SUNDAY_MS - 2 * 3600_000)
    expect(woken).toEqual([])
    await guarantors.sweep(SUNDAY_MS)
    await guarantors.sweep(SUNDAY_MS + 600_000)
    expect(woken).toHaveLength(1)
    await guarantors.sweep(SUNDAY_MS + 7 * DAY_MS)
    expect(woken).toHaveLength(2)
  })
})
