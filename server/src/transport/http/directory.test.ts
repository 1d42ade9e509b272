/** Finding people over real HTTP: by field, the reachable first, what is refused, and from a process of its own. */
import { type DirectoryPage, routes } from '@pli/protocol/wire'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HttpRelay } from '../../testing/http-relay.ts'

const LONG_MS = 60_000

function search(relay: HttpRelay, fields: Record<string, string>, token?: string): Promise<DirectoryPage> {
  return relay.ask('GET', `${routes.people}?${new URLSearchParams(fields)}`, { token }) as Promise<never>
}

const idsOf = ({ rows }: DirectoryPage) => rows.map(({ personId }) => personId)

describe('people', () => {
  let relay: HttpRelay
  beforeAll(async () => {
    relay = await HttpRelay.start()
  })
  afterAll(() => relay.end())

  it('are found by field and in one box', async () => {
    const byField = { lastName: 'van den berghe', profession: 'PHARMACIST', organisation: 'de smet' }
    expect(idsOf(await search(relay, byField))).toEqual(['demo-nathalie'])
    expect(idsOf(await search(relay, { specialty: 'general practice', lastName: 'claeys' }))).toContain(
      'demo-lieven',
    )
    expect(idsOf(await search(relay, { q: 'nathalie vandenberghe bruxelles' }))).toContain('demo-nathalie')
  })

  it('are said to be elsewhere, and a wrong number is told why', async () => {
    const elsewhere = await search(relay, {
      lastName: 'van den berghe',
      firstName: 'nathalie',
      place: '8620',
    })
    expect(elsewhere).toMatchObject({ rows: [], total: 0 })
    expect(elsewhere.elsewhere).toBeGreaterThan(0)
    expect(await search(relay, { q: '10476296' })).toMatchObject({ rows: [], refusal: 'nihii-checksum' })
  })

  it('come page after page in one order, nobody twice', async () => {
    const whole = await search(relay, { q: 'infirmier', limit: '50' })
    const pages = await Promise.all(
      [0, 10, 20, 30, 40].map((offset) =>
        search(relay, { q: 'infirmier', limit: '10', offset: `${offset}` }),
      ),
    )
    expect(pages.flatMap(idsOf)).toEqual(idsOf(whole))
    expect(new Set(idsOf(whole)).size).toBe(50)
  })

  it('who can be written to come first, from the moment they can', async () => {
    const { deviceToken } = await relay.device('kevin')
    const before = idsOf(await search(relay, { q: 'lemaire' }, deviceToken))
    const last = before.at(-1) ?? ''
    expect(before.length).toBeGreaterThan(1)
    await relay.device(last)
    const after = await search(relay, { q: 'lemaire' }, deviceToken)
    expect(idsOf(after).indexOf(last as never)).toBeLessThan(before.indexOf(last as never))
    expect(after.rows.find(({ personId }) => personId === last)?.accountId).toBeDefined()
  })
})

describe('a directory in a process of its own', () => {
  it(
    'serves a sign-in, a search and the person, as one in the relay does',
    async () => {
      const relay = await HttpRelay.start({ directory: { kind: 'sandbox', people: 6_000, seed: 1 } })
      try {
        const { deviceToken } = await relay.device('nathalie')
        const found = await search(relay, { q: 'van den berghe woluwe-saint-lambert' }, deviceToken)
        expect(found.rows[0]).toMatchObject({ personId: 'demo-nathalie' })
        expect(found.rows[0]?.accountId).toBeDefined()
        expect(await relay.codeOf('GET', routes.person('nobody'), { token: deviceToken })).toBe('not_found')
      } finally {
        await relay.end()
      }
    },
    LONG_MS,
  )
})
