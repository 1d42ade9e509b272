import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { PersonId } from '@pli/protocol/wire'
import { afterEach, describe, expect, it } from 'vitest'
import { createHttpLinks } from './http-links.ts'
import { readPatientNumber } from './patient-number.ts'
import { checkPatient } from './therapeutic-links.ts'

const patient = readPatientNumber('50010198146')!
const professional = { registerId: 'demo-kevin' as PersonId, nihii8: '41882323' }
const KEY = Buffer.alloc(32, 7).toString('base64url')

let server: Server | undefined
afterEach(async () => {
  server?.closeAllConnections()
  server?.close()
})

type Answer = (path: string, response: ServerResponse) => void

interface Heard {
  path: string
  headers: IncomingMessage['headers']
  body: string
}

async function serve(answer: Answer) {
  const heard: Heard[] = []
  const running = createServer(async (request, response) => {
    let body = ''
    for await (const piece of request) body += piece
    heard.push({ path: request.url ?? '', headers: request.headers, body })
    if (request.url === '/service') say(response, { blinding: { keyId: 'k', key: KEY } })
    else answer(request.url ?? '', response)
  })
  server = running
  running.listen(0, '127.0.0.1')
  await once(running, 'listening')
  const serviceUrl = `http://127.0.0.1:${(running.address() as AddressInfo).port}`
  let issued = 0
  const open = (changes: { timeoutMs?: number; serviceUrl?: string; lastsMs?: number } = {}) =>
    createHttpLinks({
      serviceUrl,
      fetchToken: async () => ({
        token: `token-${++issued}`,
        expiresAtMs: Date.now() + (changes.lastsMs ?? 600_000),
        serviceUrl: changes.serviceUrl ?? serviceUrl,
      }),
      nowMs: Date.now,
      ...(changes.timeoutMs === undefined ? {} : { timeoutMs: changes.timeoutMs }),
    })
  return { heard, open, issued: () => issued }
}

const say = (response: ServerResponse, value: unknown, status = 200) =>
  response.writeHead(status).end(typeof value === 'string' ? value : JSON.stringify(value))

describe('a question', () => {
  it('has the number in no byte, one token for all, and a proof of its own each time', async () => {
    const { heard, open, issued } = await serve((_, response) => say(response, { has: true }))
    const links = open()
    expect(
      await Promise.all([links.hasLink(patient, professional), links.hasExclusion(patient, professional)]),
    ).toEqual([true, true])
    await links.hasLink(patient, professional)
    expect(issued()).toBe(1)
    expect(JSON.stringify(heard)).not.toContain(patient)
    const proofs = heard.flatMap(({ headers }) => headers.dpop ?? [])
    expect(new Set(proofs).size).toBe(3)
    expect(heard.at(-1)).toMatchObject({ path: '/links/has', headers: { authorization: 'DPoP token-1' } })
    expect(JSON.parse(heard.at(-1)?.body ?? '')).toMatchObject({ patient: { keyId: 'k' }, professional })
  })

  it('has a fresh token when the last is about to end, or was refused', async () => {
    const ending = await serve((_, response) => say(response, { has: false }))
    const links = ending.open({ lastsMs: 30_000 })
    await links.hasLink(patient, professional)
    await links.hasLink(patient, professional)
    expect(ending.issued()).toBeGreaterThan(1)
  })

  it('goes nowhere with a token for another service', async () => {
    const { heard, open } = await serve((_, response) => say(response, { has: true }))
    const links = open({ serviceUrl: 'https://elsewhere.test' })
    await expect(links.hasLink(patient, professional)).rejects.toMatchObject({ code: 'unavailable' })
    expect(heard.map(({ path }) => path)).toEqual(['/service'])
  })
})

describe('the outcome', () => {
  const outcomeOf = async (answer: Answer, timeoutMs?: number) => {
    const { open } = await serve(answer)
    return checkPatient(open(timeoutMs === undefined ? {} : { timeoutMs }), patient, professional)
  }
  const both =
    (excluded: unknown, link: unknown): Answer =>
    (path, response) =>
      say(response, path === '/exclusions/has' ? excluded : link)

  it('is an exclusion before a link, and whatever becomes of the other question', async () => {
    expect(await outcomeOf(both({ has: true }, { has: true }))).toBe('excluded')
    expect(await outcomeOf(both({ has: true }, 'no JSON'))).toBe('excluded')
    expect(await outcomeOf(both({ has: false }, { has: true }))).toBe('link')
    expect(await outcomeOf(both({ has: false }, { has: false }))).toBe('no_link')
  })

  it('is that there was no answer: never that nobody is excluded', async () => {
    expect(await outcomeOf(both('<html>', { has: true }))).toBe('unavailable')
    expect(await outcomeOf(both({}, { has: true }))).toBe('unavailable')
    expect(await outcomeOf(both({ has: 'no' }, { has: true }))).toBe('unavailable')
    expect(await outcomeOf((_, response) => say(response, { has: false }, 500))).toBe('unavailable')
    expect(await outcomeOf((_, response) => say(response, { has: false }, 401))).toBe('unavailable')
    expect(await outcomeOf(() => undefined, 300)).toBe('unavailable')
    expect(await outcomeOf(both({ has: false }, 'no JSON'))).toBe('unavailable')
  })
})

it('a number is one when its check is right, of either century, however it is written', () => {
  for (const typed of ['50010198146', '50.01.01-981.46', ' 500101 981 46 ']) {
    expect(readPatientNumber(typed)).toBe('50010198146')
  }
  const from2000 = `010101901${String(97 - (2_010_101_901 % 97)).padStart(2, '0')}`
  expect(readPatientNumber(from2000)).toBe(from2000)
  for (const typed of ['', '50010198147', '5001019814', '500101981460', 'J.D.']) {
    expect(readPatientNumber(typed)).toBeUndefined()
  }
})
