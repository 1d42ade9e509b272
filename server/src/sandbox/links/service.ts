/**
 * Purpose: a service of therapeutic links and exclusions that is a real server, in a process of its own: put, get, revoke,
 * has. Patients are in bodies only, never in an address, and nothing is logged. What it is asked and answers is invented,
 * shaped by the platform's operations. For a sandbox: invented patients, and orders that anybody may give.
 * Not concerned with the rules (`@pli/directory/therapeutic-links`).
 */
import { randomBytes, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DirectoryError } from '@pli/directory'
import { createLinkRegistry, type LinkRegistry, linkKinds } from '@pli/directory/therapeutic-links'
import express, { type Request, type RequestHandler, type Response } from 'express'
import { z } from 'zod'
import { type Authorisation, createAuthorisation } from './authorise.ts'
import { blind, fillRegistry, toExcluded } from './patients.ts'
import { findProfessional } from './professionals.ts'

export interface LinksSandboxOptions {
  /** 0 takes any free port. */
  port: number
  host?: string
  /** Origin of the relay whose tokens are taken. */
  relayUrl: () => string
  /** Origins of apps that may ask. */
  appOrigins: () => readonly string[]
}

export interface LinksSandbox {
  /** Origin, without a slash at the end. */
  readonly url: string
  close(): Promise<void>
}

const blinded = z.string().regex(/^[A-Za-z0-9_-]{43}$/)
const patient = z.object({ keyId: z.string(), blinded })
const registerId = z.string().min(1).max(64)
const professional = z.object({
  registerId,
  nihii8: z
    .string()
    .regex(/^\d{8}$/)
    .optional(),
})
const question = z.object({ patient, professional })
const newLink = z.object({ patient, kind: z.enum(linkKinds), endsAtMs: z.number().int().optional() })

class Refusal extends Error {
  readonly status: number
  readonly code: string
  constructor(status: number, code: string) {
    super(code)
    this.status = status
    this.code = code
  }
}

export async function startLinksSandbox(options: LinksSandboxOptions): Promise<LinksSandbox> {
  const { port, host = '127.0.0.1', relayUrl, appOrigins } = options
  let url = ''
  let authorisation: Authorisation | undefined
  const app = express().disable('x-powered-by').set('etag', false)
  const check: Authorisation['check'] = (request) => {
    // Not before the first question: the relay may start after this service.
    authorisation ??= createAuthorisation({ ownUrl: () => url, relayUrl: relayUrl() })
    return authorisation.check(request)
  }
  app.use(cors(appOrigins), express.json({ limit: 8_192 }), ...routesOf(check))
  app.use((_request, response) => void response.status(404).json({ code: 'not_found' }))
  app.use(answerErrors)
  const server = createServer(app)
  server.listen(port, host)
  await once(server, 'listening')
  url = `http://${host === '127.0.0.1' ? 'localhost' : host}:${(server.address() as AddressInfo).port}`
  return {
    url,
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function routesOf(check: Authorisation['check']): express.Router[] {
  const key = randomBytes(32)
  const keyId = randomUUID()
  const registry = createLinkRegistry(randomUUID)
  fillRegistry(registry, key, Date.now())
  const router = express.Router()
  const sandbox = ordersOf(registry, key)

  router.get('/service', (_request, response) => {
    response.json({ blinding: { keyId, key: key.toString('base64url') } })
  })
  router.use(['/links', '/exclusions'], async (request, response, next) => {
    const { authorization, dpop } = request.headers
    const proof = typeof dpop === 'string' ? dpop : ''
    const path = request.originalUrl
    response.locals.asker = await check({
      method: request.method,
      path,
      proof,
      authorization: authorization ?? '',
    })
    if (response.locals.asker === undefined) throw new Refusal(401, 'unauthenticated')
    next()
  })
  const known = <T extends { patient: { keyId: string; blinded: string } }>(asked: T): T => {
    if (asked.patient.keyId !== keyId) throw new Refusal(409, 'key_changed')
    return asked
  }
  const own = (response: Response) => findProfessional({ registerId: String(response.locals.asker) })
  router.post('/exclusions/has', (request, response) => {
    const asked = known(read(question, request))
    response.json({ has: registry.hasExclusion(asked.patient.blinded, findProfessional(asked.professional)) })
  })
  router.post('/links/has', (request, response) => {
    const asked = known(read(question, request))
    response.json({
      has: registry.hasLink(asked.patient.blinded, findProfessional(asked.professional), Date.now()),
    })
  })
  router.post('/links/get', (request, response) => {
    const asked = known(read(z.object({ patient }), request))
    const links = registry.get(asked.patient.blinded, own(response), Date.now())
    response.json({
      links: links.map(({ linkId, kind, startsAtMs, endsAtMs }) => ({ linkId, kind, startsAtMs, endsAtMs })),
    })
  })
  router.put('/links', (request, response) => {
    const { patient: named, ...asked } = known(read(newLink, request))
    const link = registry.put({
      ...asked,
      patient: named.blinded,
      professional: own(response),
      startsAtMs: Date.now(),
    })
    response.status(201).json({ linkId: link.linkId, endsAtMs: link.endsAtMs })
  })
  router.post('/links/revoke', (request, response) => {
    const { linkId } = read(z.object({ linkId: z.uuid() }), request)
    if (!registry.revoke(linkId, own(response))) throw new Refusal(404, 'not_found')
    response.json({})
  })
  return [router, sandbox]
}

/** What patients do with the platform themselves: here anybody may. */
function ordersOf(registry: LinkRegistry, key: Uint8Array): express.Router {
  const order = z.object({
    ssin: z.string().regex(/^\d{11}$/),
    excluded: z.union([
      z.object({ registerId }),
      z.object({ organisationNihii8: z.string().regex(/^\d{8}$/) }),
    ]),
  })
  const router = express.Router()
  for (const [path, work] of [
    ['/sandbox/exclude', registry.exclude],
    ['/sandbox/admit', registry.admit],
  ] as const) {
    router.post(path, (request, response) => {
      const { ssin, excluded } = read(order, request)
      work(blind(ssin, key), toExcluded(excluded))
      response.json({})
    })
  }
  return router
}

function read<T extends z.ZodType>(shape: T, request: Request): z.output<T> {
  const parsed = shape.safeParse(request.body)
  if (!parsed.success) throw new Refusal(400, 'bad_request')
  return parsed.data
}

/** A token and a proof are in headers, never in a cookie. */
function cors(appOrigins: () => readonly string[]): RequestHandler {
  return ({ headers, method }, response, next) => {
    response.vary('Origin')
    response.setHeader('Cache-Control', 'no-store')
    if (headers.origin !== undefined && appOrigins().includes(headers.origin)) {
      response.setHeader('Access-Control-Allow-Origin', headers.origin)
      response.setHeader('Access-Control-Allow-Headers', 'Authorization, Content-Type, DPoP')
      response.setHeader('Access-Control-Allow-Methods', 'GET, POST, PUT')
      response.setHeader('Access-Control-Max-Age', '600')
    }
    if (method === 'OPTIONS') return void response.status(204).end()
    next()
  }
}

const answerErrors: express.ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent) return next(error)
  if (error instanceof Refusal) return void response.status(error.status).json({ code: error.code })
  if (error instanceof DirectoryError) return void response.status(409).json({ code: error.code })
  const isClients = error instanceof Error && 'status' in error && Number(error.status) < 500
  response.status(isClients ? 400 : 500).json({ code: isClients ? 'bad_request' : 'internal' })
}
