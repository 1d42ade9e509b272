// The sandbox's paths: the AddressBook, the register's REST side, and the orders of whoever tries things out.
// Source: the path and the SOAPActions of the AddressBook; everything else is invented (see the README).
// Not concerned with sockets (server.ts).

import { z } from 'zod'
import { SOAP } from '../cobrha/addressbook/namespaces.ts'
import { element, writeXml } from '../cobrha/xml/write-xml.ts'
import { changesSchema, makeChanges } from './changes.ts'
import { type Face, type Faults, faultOrderSchema } from './faults.ts'
import type { Feed } from './feed.ts'
import type { SandboxRecord } from './record.ts'
import type { Register, RegisterVersion } from './register.ts'
import { type Answer, jsonAnswer } from './reply.ts'
import { answerSoap } from './soap/answer.ts'
import { readSoapRequest, SoapFault } from './soap/read-request.ts'

export interface Sandbox {
  readonly register: Register
  readonly feed: Feed
  readonly faults: Faults
  readonly needsSaml: boolean
}

export interface Incoming {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly soapAction: string | undefined
  readonly body: string
}

export interface Stream {
  readonly type: string
  readonly chunks: Iterable<Buffer>
}

export interface Routed {
  /** absent for the orders: no fault befalls those */
  readonly face?: Face
  readonly answer: Answer | Stream
}

export function route(sandbox: Sandbox, incoming: Incoming): Routed {
  const { method, path } = incoming
  if (method === 'POST' && path === '/AddressBook/v1')
    return { face: 'addressbook', answer: answerAddressBook(sandbox, incoming) }
  if (method === 'GET' && path.startsWith('/cobrha/v1/')) return routeRegister(sandbox, incoming)
  if (path.startsWith('/sandbox/')) return { answer: answerOrder(sandbox, incoming) }
  return { answer: notFound() }
}

function answerAddressBook({ register, needsSaml }: Sandbox, { soapAction, body }: Incoming): Answer {
  try {
    const answer = answerSoap(register, readSoapRequest(body, soapAction, needsSaml))
    return xmlAnswer(200, answer)
  } catch (error) {
    if (!(error instanceof SoapFault)) throw error
    const parts = [element('faultcode', error.faultCode), element('faultstring', error.message)]
    return xmlAnswer(500, writeXml(element('soap:Fault', parts)))
  }
}

const xmlAnswer = (status: number, content: string): Answer => ({
  status,
  type: 'text/xml; charset=utf-8',
  body: `<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="${SOAP}"><soap:Body>${content}</soap:Body></soap:Envelope>`,
})

function routeRegister(sandbox: Sandbox, { path, query }: Incoming): Routed {
  const { register, feed } = sandbox
  const [, , , resource, name = '', part] = path.split('/')
  if (resource === 'notifications') {
    const page = feed.page(readNumber(query, 'after', 0), Math.min(1_000, readNumber(query, 'limit', 1_000)))
    return { face: 'notifications', answer: jsonAnswer(200, page) }
  }
  if (resource === 'healthCareProviders' && name !== '') {
    const at = register.numberOf(decodeURIComponent(name))
    const record = at === undefined ? undefined : register.record(at)
    return { face: 'consultation', answer: consultation(record) }
  }
  if (resource !== 'snapshots') return { answer: notFound() }
  const version = name === 'latest' ? register.current() : register.version(name)
  if (version === undefined) return { face: 'manifest', answer: jsonAnswer(410, { error: 'replaced' }) }
  if (part === undefined) return { face: 'manifest', answer: manifest(sandbox, version) }
  const chunks = register.rows(version, readNumber(query, 'after', 0))
  return { face: 'rows', answer: { type: 'application/gzip', chunks } }
}

/** The latest version goes with the feed as it is, so that a gap before it is behind whoever reads it. */
function manifest({ register, feed }: Sandbox, of: RegisterVersion): Answer {
  const isCurrent = of === register.current()
  return jsonAnswer(200, {
    version: of.version,
    people: of.people,
    sequence: isCurrent ? feed.lastSequence : of.sequence,
    asOf: new Date(isCurrent ? Date.now() : of.asOfMs).toISOString(),
  })
}

/** Somebody who is not there is an empty list. */
function consultation(record: SandboxRecord | undefined): Answer {
  const healthcareProfessionals = record === undefined ? [] : [record]
  const total = healthcareProfessionals.length
  return jsonAnswer(200, { healthcareProfessionals, healthcareOrganizations: [], total })
}

const feedOrderSchema = z.strictObject({
  skip: z.number().int().min(0).max(1_000_000).optional(),
  repeat: z.boolean().optional(),
  forget: z.number().int().min(0).optional(),
})

function answerOrder(sandbox: Sandbox, { method, path, body }: Incoming): Answer {
  const { register, feed, faults } = sandbox
  const state = (): unknown => {
    const { version, people } = register.current()
    return {
      version,
      people,
      sequence: feed.lastSequence,
      generated: { people: register.generatedPeople, roles: register.generatedRoles },
    }
  }
  if (method === 'GET' && path === '/sandbox/state') return jsonAnswer(200, state())
  if (method === 'DELETE' && path === '/sandbox/faults') {
    faults.clear()
    return jsonAnswer(200, {})
  }
  if (method !== 'POST') return notFound()
  if (path === '/sandbox/changes')
    return order(body, changesSchema, (request) => {
      const changes = makeChanges(register, feed, request)
      return { ...register.current(), changed: changes }
    })
  if (path === '/sandbox/faults') return order(body, faultOrderSchema, (ordered) => faults.order(ordered))
  if (path === '/sandbox/feed')
    return order(body, feedOrderSchema, ({ skip, repeat, forget }) => {
      if (skip !== undefined) feed.skip(skip)
      if (repeat !== undefined) feed.repeat(repeat)
      if (forget !== undefined) feed.forget(forget)
      return state()
    })
  return notFound()
}

function order<T>(body: string, schema: z.ZodType<T>, carryOut: (order: T) => unknown): Answer {
  let given: unknown
  try {
    given = body === '' ? {} : JSON.parse(body)
  } catch {
    return jsonAnswer(400, { error: 'This is no JSON.' })
  }
  const parsed = schema.safeParse(given)
  if (!parsed.success) return jsonAnswer(400, { error: z.prettifyError(parsed.error) })
  return jsonAnswer(200, carryOut(parsed.data) ?? {})
}

const notFound = (): Answer => jsonAnswer(404, { error: 'not found' })

function readNumber(query: URLSearchParams, name: string, otherwise: number): number {
  const written = query.get(name) ?? ''
  return /^\d{1,9}$/.test(written) ? Number(written) : otherwise
}
