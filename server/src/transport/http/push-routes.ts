/** Push subscriptions of a device, and a push to try them. Not concerned with when the relay pushes. */
import { pushSubscription, routes } from '@pli/protocol/wire'
import { Router } from 'express'
import type { Push } from '../../domain/push/push.ts'
import { answering, nothing, parse } from './answers.ts'
import type { Authentication } from './authentication.ts'
import type { RateLimits } from './rate-limits.ts'

interface Parts {
  push: Push
  authentication: Authentication
  rateLimits: RateLimits
}

export function createPushRoutes({ push, authentication, rateLimits }: Parts): Router {
  const router = Router()
  router.put(
    routes.push,
    answering(nothing, async (request) => {
      const device = await authentication.device(request)
      await rateLimits.spend('accountPush', device.accountId)
      const { endpoint, keys } = parse(pushSubscription, request.body)
      await push.subscribe(device, { endpoint, ...keys })
      return {}
    }),
  )
  router.delete(
    routes.push,
    answering(nothing, async (request) => {
      await push.unsubscribe(await authentication.device(request))
      return {}
    }),
  )
  router.post(
    routes.pushTest,
    answering(nothing, async (request) => {
      const device = await authentication.device(request)
      await rateLimits.spend('accountPush', device.accountId)
      await push.test(device)
      return {}
    }),
  )
  return router
}
