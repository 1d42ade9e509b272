/**
 * Purpose: the Express application: what every request passes, in which order, and who answers which path.
 * Not concerned with what any route does.
 */
import { limits } from '@pli/protocol/wire'
import express, { type Express, type Router } from 'express'
import type { Log } from '../../log.ts'
import type { Metrics } from '../../operations/metrics.ts'
import { createErrorHandler, notFound, routeOf } from './answers.ts'
import type { RateLimits } from './rate-limits.ts'
import { createCors, createSecurityHeaders, type Origins } from './security-headers.ts'

interface Parts {
  origins: Origins
  trustedProxies: number
  rateLimits: RateLimits
  metrics: Pick<Metrics, 'requests' | 'requestSeconds'>
  log: Log
  /** Asked by balancers and supervisors, before any limit. */
  healthRoutes: Router
  /** Mounted before bodies are parsed: uploads, and the sandbox's provider. */
  rawRoutes: Router[]
  /** The contract's own, under `/v1`. */
  apiRoutes: Router[]
  appRoutes: Router
}

export function createHttpApp(parts: Parts): Express {
  const { origins, rateLimits, log, metrics } = parts
  const app = express()
  app.set('trust proxy', parts.trustedProxies)
  app.set('etag', false)
  app.disable('x-powered-by')
  app.use(createSecurityHeaders(origins))
  app.use(parts.healthRoutes)
  app.use('/v1', rateLimits.byAddress('anything'), createCors(origins), (_request, response, next) => {
    response.setHeader('Cache-Control', 'no-store')
    next()
  })
  app.use(watchRequests(log, metrics))
  for (const routes of parts.rawRoutes) app.use(routes)
  app.use('/v1', express.json({ limit: limits.jsonBodyBytes }))
  for (const routes of parts.apiRoutes) app.use(routes)
  app.use('/v1', notFound)
  app.use(parts.appRoutes)
  app.use(notFound)
  app.use(createErrorHandler(log))
  return app
}

/** The route's pattern, the status, the time: nothing that says who asked or for whom. */
function watchRequests(log: Log, metrics: Parts['metrics']): express.RequestHandler {
  return (request, response, next) => {
    const startedAtMs = performance.now()
    response.once('finish', () => {
      const fields = { method: methodOf(request), route: routeOf(request), status: response.statusCode }
      const tookMs = performance.now() - startedAtMs
      log.debug({ ...fields, tookMs: Math.round(tookMs) }, 'request')
      metrics.requests.inc(fields)
      metrics.requestSeconds.observe(tookMs / 1000)
    })
    next()
  }
}

/** HTTP has more methods than the relay answers: the others are one. */
function methodOf({ method }: express.Request): string {
  return ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].includes(method) ? method : 'other'
}
