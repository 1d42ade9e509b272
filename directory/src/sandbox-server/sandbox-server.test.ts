import { spawn } from 'node:child_process'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createGlob } from './glob.ts'
import { createNumberTable, hashText } from './number-table.ts'
import type { SandboxRecord } from './record.ts'
import { createRegister } from './register.ts'
import { type SandboxServer, startSandboxServer } from './server.ts'

const PROTOCOL = 'urn:be:fgov:ehealth:addressbook:protocol:v1'

let server: SandboxServer
beforeAll(async () => {
  server = await startSandboxServer({ seed: 1, people: 300 })
})
afterAll(() => server.close())

/** What anybody could send, whatever our client would. */
async function ask(
  inside: string,
  { attributes = 'Offset="0" MaxElements="100"', action = 'searchProfessionals', namespace = PROTOCOL } = {},
): Promise<{ status: number; text: string }> {
  const name = `${action.charAt(0).toUpperCase()}${action.slice(1)}Request`
  const request = `<p:${name} xmlns:p="${namespace}" Id="_1" IssueInstant="2026-11-21T10:00:00Z" ${attributes}>${inside}</p:${name}>`
  const response = await fetch(`${server.url}/AddressBook/v1`, {
    method: 'POST',
    headers: { 'Content-Type': 'text/xml; charset=utf-8', SOAPAction: `"${PROTOCOL}:${action}"` },
    body: `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${request}</s:Body></s:Envelope>`,
  })
  return { status: response.status, text: await response.text() }
}

describe('the sandbox AddressBook, asked by anybody', () => {
  const name = '<p:LastName>Lemaire</p:LastName>'
  const nurse = '<p:Profession>NURSE</p:Profession>'
  const zip = '<p:ZipCode>1160</p:ZipCode>'

  it.each([
    ['name and profession', name + nurse],
    ['first name, name and profession', `<p:FirstName>Anne*</p:FirstName>${name}${nurse}`],
    ['profession and zip', nurse + zip],
    ['profession and city', `${nurse}<p:City>Oudergem</p:City>`],
    ['SSIN', '<p:SSIN>69051790668</p:SSIN>'],
  ])('answers %s', async (_, inside) => {
    const { status, text } = await ask(inside)
    expect(status).toBe(200)
    expect(text).toContain('urn:be:fgov:ehealth:2.0:status:Success')
    expect(text).toContain('<aa:LastName>LEMAIRE</aa:LastName>')
  })

  it.each([
    ['name and place', name + zip],
    ['name, profession and place', name + nurse + zip],
    ['profession alone', nurse],
    ['name without profession', name],
    ['zip without profession', zip],
    ['first name without name', `<p:FirstName>Anne</p:FirstName>${nurse}`],
    ['e-mail', '<p:EMail>a@example.org</p:EMail>'],
  ])('refuses %s', async (_, inside) => {
    const { status, text } = await ask(inside)
    expect(status).toBe(200)
    expect(text).toContain('This combination of search criteria is not supported.')
    expect(text).not.toContain('HealthCareProfessional')
    expect(text).not.toContain('status:Success')
  })

  it('refuses pages of more than a hundred', async () => {
    const { text } = await ask(name + nurse, { attributes: 'Offset="0" MaxElements="101"' })
    expect(text).toContain('The maxElements paging attribute is too high.')
  })

  it.each([
    ['elements in another order', nurse + name, {}],
    ['an element that is not in the schema', `${name}${nurse}<p:Street>x</p:Street>`, {}],
    ['an element twice', name + name + nurse, {}],
    ['no paging', name + nurse, { attributes: '' }],
    ['another namespace', name + nurse, { namespace: `${PROTOCOL.slice(0, -1)}2` }],
    ['another action', '<p:NIHII>18749704</p:NIHII>', { action: 'searchAnything' }],
    ['a NIHII of nine digits', '<p:NIHII>187497044</p:NIHII>', {}],
    ['NIHII and SSIN', '<p:NIHII>18749704</p:NIHII><p:SSIN>69051790668</p:SSIN>', {}],
    ['an entity', '<!DOCTYPE a [<!ENTITY b "c">]><p:LastName>&b;</p:LastName>', {}],
  ])('answers %s with a fault', async (_, inside, options) => {
    const { status, text } = await ask(inside, options)
    expect(status).toBe(500)
    expect(text).toContain('<faultcode>soap:Client</faultcode>')
  })

  it('lets no more people vanish than there are', async () => {
    const small = await startSandboxServer({ seed: 1, people: 20 })
    const order = async (body: string): Promise<{ people: number; changed: { id: string }[] }> => {
      const response = await fetch(`${small.url}/sandbox/changes`, { method: 'POST', body })
      return response.json() as Promise<{ people: number; changed: { id: string }[] }>
    }
    expect((await order('{"add":3,"move":1000}')).changed).toHaveLength(23)
    expect((await order('{"vanish":["demo-kevin","nobody"]}')).people).toBe(22)
    expect((await order('{"vanishPercent":100}')).people).toBe(3)
    const snapshot = await fetch(`${small.url}/cobrha/v1/snapshots/latest`)
    expect(await snapshot.json()).toMatchObject({ people: 3 })
    await small.close()
  })

  it('says what cannot be ordered', async () => {
    for (const [path, body] of [
      ['changes', '{"explode":1}'],
      ['faults', '{"kind":"fire"}'],
      ['feed', 'nonsense'],
    ] as const) {
      const response = await fetch(`${server.url}/sandbox/${path}`, { method: 'POST', body })
      expect(response.status).toBe(400)
    }
    expect((await fetch(`${server.url}/anything`)).status).toBe(404)
  })

  it('spoils one answer for whoever asks for that in a header', async () => {
    const url = `${server.url}/cobrha/v1/notifications?after=0`
    expect((await fetch(url, { headers: { 'X-Sandbox-Fault': 'error-503' } })).status).toBe(503)
    expect((await fetch(url)).status).toBe(200)
  })
})

describe('the register behind it', () => {
  const register = createRegister({ seed: 2, people: 700 })
  const read = (after: number): SandboxRecord[] =>
    [...register.rows(register.current(), after)]
      .flatMap((packed) => gunzipSync(packed).toString('utf8').split('\n').slice(0, -1))
      .map((line) => JSON.parse(line))

  it('gives the rows behind any row, however many have changed, come and gone', () => {
    const gone = [0, 1, 255, 256, 300, 511, 512, 699]
    const changes = new Map<number, SandboxRecord | null>(gone.map((at) => [at, null]))
    changes.set(257, { ...register.record(257)!, lastName: 'Changed' })
    for (let at = 700; at < 1_100; at++) changes.set(at, register.newcomer('new'))
    register.change(changes, 1)
    const all = read(0)
    expect(all).toHaveLength(register.current().people)
    expect(all).toHaveLength(700 - gone.length + 400)
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
    fc.assert(
      fc.property(fc.integer({ min: 0, max: all.length }), (after) => {
        expect(read(after).map(({ id }) => id)).toEqual(all.slice(after).map(({ id }) => id))
      }),
      { numRuns: 40 },
    )
    expect(
      register.find({ lastName: 'changed', profession: all[250]!.practices[0]!.discipline }, 0, 9),
    ).toHaveLength(
      all.filter(
        ({ lastName, practices }) =>
          lastName === 'Changed' &&
          practices.some(({ discipline }) => discipline === all[250]!.practices[0]!.discipline),
      ).length,
    )
  })

  it('counts roles instead of people when it is asked to', () => {
    const byRoles = createRegister({ seed: 2, people: 0, roles: 500 })
    expect(byRoles.generatedRoles).toBeGreaterThanOrEqual(500)
    expect(byRoles.generatedRoles).toBeLessThan(504)
    expect(byRoles.generatedPeople).toBeLessThan(500)
  })
})

describe('the pieces', () => {
  it('tables of numbers forget nothing and know nobody else', () => {
    const table = createNumberTable()
    const keyOf = (at: number): number => hashText(`person ${at}`)
    for (let at = 0; at < 50_000; at++) table.add(keyOf(at), at)
    for (let at = 0; at < 50_000; at++) expect(table.get(keyOf(at))).toBe(at)
    for (let at = 50_000; at < 60_000; at++) expect(table.get(keyOf(at))).toBeUndefined()
    table.add(keyOf(0), 7)
    expect(table.get(keyOf(0))).toBe(0)
  })

  it('stars stand for any letters, and only stars', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', '.'), { maxLength: 6 }), fc.string(), (letters, _) => {
        const name = letters.join('')
        expect(createGlob(name)(name)).toBe(true)
        expect(createGlob('*')(name)).toBe(true)
        expect(createGlob(`${name.slice(0, 2)}*${name.slice(2)}`)(name)).toBe(true)
        expect(createGlob(`${name}c*`)(name)).toBe(false)
      }),
    )
    expect(createGlob('aba*aba')('aba')).toBe(false)
    expect(createGlob('.')('a')).toBe(false)
    expect(createGlob(`${'*a'.repeat(40)}*b`)('a'.repeat(10_000))).toBe(false)
  })
})

describe('npm run sandbox:cobrha', () => {
  it('says when it is ready and where', async () => {
    const main = new URL('./main.ts', import.meta.url).pathname
    const started = spawn(
      process.execPath,
      ['--import', 'tsx', main, '--people', '50', '--port', '0', '--json'],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    const ended = new Promise((resolve) => started.once('exit', resolve))
    let said = ''
    for await (const chunk of started.stdout) {
      said += chunk
      if (said.includes('\n')) break
    }
    const { ready, url, people } = JSON.parse(said)
    expect({ ready, people }).toEqual({ ready: true, people: 50 })
    expect((await fetch(`${url}/cobrha/v1/snapshots/latest`)).status).toBe(200)
    started.kill()
    await ended
  })
})
