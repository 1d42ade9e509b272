/**
 * Purpose: the directory over FHIR R4: read and search by GET, for devices and for whoever signed in. Every answer is a
 * resource, a Bundle or an OperationOutcome. Source: FHIR R4, RESTful API.
 * Not concerned with what is found (`@pli/directory/fhir`).
 */
import {
  createFhirFace,
  type FhirFace,
  type FhirRefusal,
  type OperationOutcome,
  type ResourceType,
  readSearch,
  resourceTypes,
  toCapabilityStatement,
  toOutcome,
} from '@pli/directory/fhir'
import { type Request, type RequestHandler, type Response, Router } from 'express'
import type { FhirSources } from '../../../domain/directory/fhir-source.ts'
import type { Log } from '../../../log.ts'
import type { Authentication } from '../authentication.ts'
import type { RateLimits } from '../rate-limits.ts'
import { createCors, type Origins } from '../security-headers.ts'
import { createFhirErrorHandler } from './fhir-errors.ts'

interface Parts {
  fhirSources: FhirSources
  origins: Origins
  authentication: Authentication
  rateLimits: RateLimits
  version: string
  log: Log
}

const PATH = '/fhir'
const MEDIA_TYPE = 'application/fhir+json'
const MAX_QUERY_CHARACTERS = 4_096

/** Undefined: an answer for which nothing was looked up. */
interface Caller {
  face: FhirFace
  isDevice: boolean
}

export function createFhirRoutes(parts: Parts): Router {
  const { origins, rateLimits, fhirSources, version } = parts
  const baseUrl = `${origins.publicUrl}${PATH}`
  const settings = { baseUrl, nowMs: Date.now }
  const faces = {
    forDevices: createFhirFace({ ...settings, source: fhirSources.forDevices }),
    forOthers: createFhirFace({ ...settings, source: fhirSources.forOthers }),
  }
  const capabilities = toCapabilityStatement({ version, startedAtMs: Date.now(), baseUrl })
  const caller = (request: Request) => identify(request, parts, faces)

  const router = Router()
  router.use(
    rateLimits.byAddress('anything'),
    createCors(origins),
    allowing,
    rateLimits.byAddress('directory'),
  )
  router.get('/metadata', (_request, response) => send(response, 200, capabilities))
  for (const type of resourceTypes) {
    router.get(`/${type}`, async (request, response) =>
      search(type, await caller(request), request, response),
    )
    router.get(`/${type}/:id`, async (request, response) =>
      read(type, await caller(request), request.params.id, response),
    )
  }
  router.use((_request, response) =>
    send(response, 404, toOutcome('error', 'not-found', 'Nothing is at this address.')),
  )
  router.use(createFhirErrorHandler(parts.log, send))
  return Router().use(PATH, router)
}

/** What can be asked at all, and in which form: refused before anybody is identified. */
const allowing: RequestHandler = (request, response, next) => {
  response.setHeader('Cache-Control', 'no-store')
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('Allow', 'GET, HEAD')
    return send(response, 405, toOutcome('error', 'not-supported', 'The directory is read by GET.'))
  }
  const format = new URLSearchParams(queryOf(request)).get('_format')
  const isAccepted =
    format === null
      ? request.accepts([MEDIA_TYPE, 'application/json']) !== false
      : [MEDIA_TYPE, 'application/json', 'json'].includes(format.replace(' ', '+'))
  if (!isAccepted)
    return send(response, 406, toOutcome('error', 'not-supported', 'The directory speaks JSON.'))
  next()
}

function send(response: Response, status: number, body: object): void {
  response
    .status(status)
    .type(`${MEDIA_TYPE}; charset=utf-8`)
    .send(Buffer.from(JSON.stringify(body)))
}

async function identify(
  request: Request,
  { authentication, rateLimits }: Parts,
  faces: { forDevices: FhirFace; forOthers: FhirFace },
): Promise<Caller> {
  const who = await authentication.either(request)
  const isDevice = 'device' in who
  await rateLimits.spend('accountDirectory', isDevice ? who.device.accountId : who.session.personId)
  return { face: isDevice ? faces.forDevices : faces.forOthers, isDevice }
}

async function search(
  type: ResourceType,
  caller: Caller,
  request: Request,
  response: Response,
): Promise<void> {
  const query = queryOf(request)
  const refuse = ({ status, outcome }: FhirRefusal) => send(response, status, outcome)
  if (query.length > MAX_QUERY_CHARACTERS) {
    return send(
      response,
      414,
      toOutcome('error', 'too-costly', 'A search is no longer than 4096 characters.'),
    )
  }
  const isStrict = /(^|[\s,;])handling\s*=\s*"?strict/i.test(request.get('Prefer') ?? '')
  const reading = readSearch(type, new URLSearchParams(query), { isStrict })
  if ('refusal' in reading) return refuse(reading.refusal)
  const asksWhoIsHere = type === 'Endpoint' || reading.search.criteria.isReachable !== undefined
  if (asksWhoIsHere && !caller.isDevice) return send(response, 403, forDevices())
  const found = await caller.face.search(reading.search)
  if ('refusal' in found) return refuse(found.refusal)
  send(response, 200, found.bundle)
}

async function read(
  type: ResourceType,
  caller: Caller,
  id: string | string[] | undefined,
  response: Response,
): Promise<void> {
  if (type === 'Endpoint' && !caller.isDevice) return send(response, 403, forDevices())
  const isId = typeof id === 'string' && /^[A-Za-z0-9.-]{1,64}$/.test(id)
  const resource = isId ? await caller.face.read(type, id) : undefined
  if (resource === undefined) {
    return send(response, 404, toOutcome('error', 'not-found', 'Nothing has that id.'))
  }
  send(response, 200, resource)
}

function forDevices(): OperationOutcome {
  return toOutcome('error', 'security', 'Who can be written to is told to devices alone.')
}

/** As it came: Express would make one list of a parameter that is given twice, and objects of brackets. */
function queryOf({ originalUrl }: Request): string {
  const at = originalUrl.indexOf('?')
  return at < 0 ? '' : originalUrl.slice(at + 1)
}
