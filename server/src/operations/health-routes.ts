/**
 * Purpose: what a balancer or a supervisor asks. `live`: the event loop turns; restart the process when it does not.
 * `ready`: send it work, or do not. Both answer without a token and say nothing but the names of failing parts.
 */
import { Router } from 'express'
import type { Readiness } from './readiness.ts'

export const healthPaths = { live: '/health/live', ready: '/health/ready' } as const

export function createHealthRoutes(readiness: Readiness): Router {
  const router = Router()
  router.get(healthPaths.live, (_request, response) => {
    response.setHeader('Cache-Control', 'no-store').json({ ok: true })
  })
  router.get(healthPaths.ready, async (_request, response) => {
    const { failing, degraded } = await readiness.report()
    const also = degraded.length === 0 ? {} : { degraded }
    response
      .setHeader('Cache-Control', 'no-store')
      .status(failing.length === 0 ? 200 : 503)
      .json(failing.length === 0 ? { ok: true, ...also } : { ok: false, failing, ...also })
  })
  return router
}
