/** Purpose: a device's way into the service of therapeutic links. No patient is ever named here. */
import { linksToken, linksTokenRequest, routes } from '@pli/protocol/wire'
import { Router } from 'express'
import type { LinksTokens } from '../../domain/therapeutic-links/links-tokens.ts'
import { RelayError } from '../../errors.ts'
import type { AccountStore } from '../../storage/interfaces.ts'
import { answering, parse } from './answers.ts'
import type { Authentication } from './authentication.ts'
import type { RateLimits } from './rate-limits.ts'

interface Parts {
  linksTokens: LinksTokens
  accountStore: Pick<AccountStore, 'byId'>
  authentication: Authentication
  rateLimits: RateLimits
}

export function createLinksRoutes({ linksTokens, accountStore, authentication, rateLimits }: Parts): Router {
  const router = Router()
  router.get(routes.linksKeys, (_request, response) => {
    // As RFC 7517 has it, for a service that is not ours.
    response.json(linksTokens.keys())
  })
  router.post(
    routes.linksToken,
    answering(linksToken, async (request) => {
      const { accountId } = await authentication.device(request)
      await rateLimits.spend('accountLinksToken', accountId)
      const { keyThumbprint } = parse(linksTokenRequest, request.body)
      const account = await accountStore.byId(accountId)
      if (account === undefined) throw new RelayError('unauthenticated')
      return linksTokens.issue(account.personId, keyThumbprint)
    }),
  )
  return router
}
