/** What the relay says of itself to anybody. */
import { fromBase64Url, relayConfig, routes } from '@pli/protocol/wire'
import { Router } from 'express'
import type { z } from 'zod'
import { answering } from './answers.ts'

type Described = Omit<z.output<typeof relayConfig>, 'serverTimeMs' | 'vapidPublicKey'> & {
  /** Base64url. */
  vapidPublicKey: string
}

export function createConfigRoute({ vapidPublicKey, ...described }: Described): Router {
  const router = Router()
  const value = { ...described, vapidPublicKey: fromBase64Url(vapidPublicKey) }
  router.get(
    routes.config,
    answering(relayConfig, () => ({ ...value, serverTimeMs: Date.now() })),
  )
  return router
}
