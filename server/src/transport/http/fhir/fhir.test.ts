/** The FHIR face over real HTTP: who may ask, in which forms it answers, and what it says when it does not. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HttpRelay } from '../../../testing/http-relay.ts'
import { SynchronisedRelay } from '../../../testing/synchronised-relay.ts'

const LONG_MS = 60_000

interface Answer {
  resourceType: string
  issue?: { code: string }[]
  link?: { relation: string; url: string }[]
  entry?: { resource: { resourceType: string; id: string; address?: string } }[]
}

interface Asked {
  status: number
  headers: Headers
  body: Answer
}

let relay: HttpRelay
let device: string
let session: string

async function ask(
  path: string,
  token?: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<Asked> {
  const url = path.startsWith('http') ? path : `${relay.url}/fhir/${path}`
  const authorization = token === undefined ? {} : { Authorization: `Bearer ${token}` }
  const response = await fetch(url, { method, headers: { ...authorization, ...headers } })
  return { status: response.status, headers: response.headers, body: (await response.json()) as Answer }
}

const outcomeOf = ({ status, body }: Asked) => [status, body.resourceType, body.issue?.[0]?.code]

beforeAll(async () => {
  relay = await HttpRelay.start({ appOrigins: ['https://app.pli.test'] })
  device = (await relay.device('nathalie')).deviceToken
  session = (await relay.prove('kevin')).sessionToken
})
afterAll(() => relay.end())

describe('the FHIR face', () => {
  it('says to anybody what it can do', async () => {
    const { status, headers, body } = await ask('metadata')
    expect([status, body.resourceType]).toEqual([200, 'CapabilityStatement'])
    expect(headers.get('content-type')).toBe('application/fhir+json; charset=utf-8')
    expect(headers.get('cache-control')).toBe('no-store')
  })

  it('answers nobody without a token, or with a wrong one', async () => {
    for (const token of [undefined, 'A'.repeat(43)]) {
      for (const path of ['Practitioner?name=lemaire', 'Practitioner/demo-nathalie', 'Endpoint?name=a']) {
        const refused = await ask(path, token)
        expect(outcomeOf(refused)).toEqual([401, 'OperationOutcome', 'login'])
        expect(refused.headers.get('www-authenticate')).toBe('Bearer')
      }
    }
  })

  it('finds and follows references and pages as a client would', async () => {
    const question =
      'PractitionerRole?practitioner.name=van den berghe nathalie&endpoint.status=active&_include=PractitionerRole:endpoint'
    const found = await ask(question, device)
    expect(found.body.entry?.map(({ resource }) => resource.resourceType)).toEqual([
      'PractitionerRole',
      'Endpoint',
    ])
    const [role, endpoint] = found.body.entry ?? []
    expect((await ask(`PractitionerRole/${role?.resource.id}`, device)).body).toEqual(role?.resource)
    expect((await ask(`Endpoint/${endpoint?.resource.id}`, device)).body).toEqual(endpoint?.resource)
    const first = await ask('Practitioner?qualification=persnurse&_count=3', device)
    const next = first.body.link?.find(({ relation }) => relation === 'next')?.url ?? ''
    const second = await ask(next, device)
    const ids = [first, second].flatMap(({ body }) => body.entry?.map(({ resource }) => resource.id))
    expect(new Set(ids).size).toBe(6)
  })

  it('tells who can be written to to devices alone', async () => {
    const { body } = await ask('PractitionerRole?practitioner.name=van den berghe nathalie', device)
    expect(JSON.stringify(body)).toContain('Endpoint/')
    const seen = await ask(
      'PractitionerRole?practitioner.name=van den berghe nathalie&_include=PractitionerRole:*',
      session,
    )
    expect(seen.status).toBe(200)
    expect(JSON.stringify(seen.body)).not.toContain('Endpoint')
    for (const path of [
      'Endpoint?name=nathalie',
      'PractitionerRole?endpoint.status=active&practitioner.name=a',
    ]) {
      expect(outcomeOf(await ask(path, session))).toEqual([403, 'OperationOutcome', 'security'])
    }
  })

  it('refuses in FHIR: addresses, methods, formats, lengths, numbers', async () => {
    expect(outcomeOf(await ask('Patient?name=a', device))).toEqual([404, 'OperationOutcome', 'not-found'])
    expect(outcomeOf(await ask('Practitioner/nobody', device))).toEqual([
      404,
      'OperationOutcome',
      'not-found',
    ])
    expect(outcomeOf(await ask('Practitioner/%ff', device))).toEqual([400, 'OperationOutcome', 'invalid'])
    expect(outcomeOf(await ask('Practitioner/..%2f..%2fx', device))).toEqual([
      404,
      'OperationOutcome',
      'not-found',
    ])
    const post = await ask('Practitioner', device, {}, 'POST')
    expect([...outcomeOf(post), post.headers.get('allow')]).toEqual([
      405,
      'OperationOutcome',
      'not-supported',
      'GET, HEAD',
    ])
    const xml = await ask('metadata', undefined, { Accept: 'application/fhir+xml' })
    expect(outcomeOf(xml)).toEqual([406, 'OperationOutcome', 'not-supported'])
    expect((await ask('metadata?_format=json', undefined, { Accept: 'application/fhir+xml' })).status).toBe(
      200,
    )
    expect(outcomeOf(await ask(`Practitioner?name=${'x'.repeat(121)}`, device))).toEqual([
      400,
      'OperationOutcome',
      'invalid',
    ])
    expect(outcomeOf(await ask(`Practitioner?name=${'x'.repeat(5000)}`, device))).toEqual([
      414,
      'OperationOutcome',
      'too-costly',
    ])
    expect(outcomeOf(await ask('Practitioner?identifier=85073003328', device))).toEqual([
      403,
      'OperationOutcome',
      'security',
    ])
    const strict = await ask('Practitioner?name=a&x=1', device, { Prefer: 'handling=strict' })
    expect(outcomeOf(strict)).toEqual([400, 'OperationOutcome', 'not-supported'])
  })

  it('may be asked from an app’s own origin', async () => {
    const { headers } = await ask('metadata', undefined, { Origin: 'https://app.pli.test' })
    expect(headers.get('access-control-allow-origin')).toBe('https://app.pli.test')
  })
})

it('is slow to whoever copies the directory', async () => {
  const strict = await HttpRelay.start({ rateLimitFactor: 0.05 })
  try {
    const { sessionToken } = await strict.prove('kevin')
    const asked = Array.from({ length: 25 }, () =>
      fetch(`${strict.url}/fhir/Practitioner?name=a`, {
        headers: { Authorization: `Bearer ${sessionToken}` },
      }),
    )
    const limited = (await Promise.all(asked)).filter(({ status }) => status === 429)
    expect(limited.length).toBeGreaterThan(0)
    expect(await limited[0]?.json()).toMatchObject({ issue: [{ code: 'throttled' }] })
    expect(Number(limited[0]?.headers.get('retry-after'))).toBeGreaterThan(0)
  } finally {
    await strict.end()
  }
})

it(
  'answers as well from a search process of its own',
  async () => {
    const large = await HttpRelay.start({ directory: { kind: 'sandbox', people: 6_000, seed: 1 } })
    try {
      const { deviceToken } = await large.device('nathalie')
      const get = async (path: string) => {
        const response = await fetch(`${large.url}/fhir/${path}`, {
          headers: { Authorization: `Bearer ${deviceToken}` },
        })
        return (await response.json()) as Answer
      }
      const { entry = [] } = await get(
        'PractitionerRole?practitioner.name=van den berghe nathalie&_include=PractitionerRole:*',
      )
      expect(entry.length).toBeGreaterThanOrEqual(5)
      for (const { resource } of entry) {
        expect(await get(`${resource.resourceType}/${resource.id}`)).toEqual(resource)
      }
      expect((await get('Organization?name=pharmacie')).entry?.length).toBe(20)
      expect((await get('Location?address-city=Elsene')).entry?.length).toBeGreaterThan(0)
    } finally {
      await large.end()
    }
  },
  LONG_MS,
)

it(
  'shows a licence that was withdrawn as the register has it now, and no way to write any more',
  async () => {
    const running = await SynchronisedRelay.start()
    try {
      const nathalie = await running.relay.device('nathalie')
      const { deviceToken } = await running.relay.device('kevin')
      const look = async () => {
        const response = await fetch(
          `${running.relay.url}/fhir/PractitionerRole?practitioner=demo-nathalie&_include=PractitionerRole:*`,
          { headers: { Authorization: `Bearer ${deviceToken}` } },
        )
        return JSON.stringify(((await response.json()) as Answer).entry?.map(({ resource }) => resource))
      }
      expect(await look()).toContain(nathalie.accountId)
      await running.happens({ loseLicence: ['demo-nathalie'] })
      const after = await look()
      expect(after).toContain('"active":false')
      expect(after).not.toContain(nathalie.accountId)
    } finally {
      await running.end()
    }
  },
  LONG_MS,
)
