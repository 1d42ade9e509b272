/**
 * Purpose: asking somebody to answer for one, and deciding. An applicant shows the token of their own request, which opens
 * nothing else; a guarantor's device its own. Not concerned with who may decide what.
 */
import {
  acceptGuaranteeRequest,
  type GuaranteeId,
  guaranteeId,
  guaranteeList,
  guaranteeRequest,
  ownRequest,
  type PersonId,
  refuseGuaranteeRequest,
  requestToken,
  routes,
} from '@pli/protocol/wire'
import { type Request, type RequestHandler, Router } from 'express'
import type { Guarantors } from '../../domain/guarantors/guarantors.ts'
import { RelayError } from '../../errors.ts'
import type { AccountStore } from '../../storage/interfaces.ts'
import { answering, nothing, parse } from './answers.ts'
import { type Authentication, bearer } from './authentication.ts'
import type { RateLimits } from './rate-limits.ts'

interface Parts {
  guarantors: Guarantors
  accountStore: AccountStore
  authentication: Authentication
  rateLimits: RateLimits
}

interface Asked {
  guarantorId: PersonId
  guaranteeId: GuaranteeId
}

export function createGuarantorRoutes(parts: Parts): Router {
  const { guarantors, rateLimits } = parts
  const { requests, decisions } = guarantors
  const router = Router()
  router.post(
    routes.guarantees,
    rateLimits.byAddress('guaranteeRequest'),
    answering(ownRequest, async (request) => {
      const asked = parse(guaranteeRequest, request.body)
      await rateLimits.spend('guarantorAsked', asked.guarantorId)
      return requests.ask(asked)
    }),
  )
  router.get(
    routes.ownRequest,
    rateLimits.byAddress('signIn'),
    answering(ownRequest, (request) => requests.status(tokenOf(request))),
  )
  router.delete(
    routes.ownRequest,
    rateLimits.byAddress('signIn'),
    answering(nothing, async (request) => {
      await requests.withdraw(tokenOf(request))
      return {}
    }),
  )
  router.get(
    routes.guarantees,
    answering(guaranteeList, async (request) => decisions.list(await requireGuarantor(parts, request))),
  )
  const decide = (work: (asked: Asked, body: unknown) => Promise<void>): RequestHandler =>
    answering(nothing, async (request) => {
      const guarantorId = await requireGuarantor(parts, request)
      const id = parse(guaranteeId, request.params.guaranteeId)
      await work({ guarantorId, guaranteeId: id }, request.body)
      return {}
    })
  router.post(
    routes.guaranteeAccept(':guaranteeId'),
    decide((asked, body) => decisions.accept({ ...asked, ...parse(acceptGuaranteeRequest, body) })),
  )
  router.post(
    routes.guaranteeRefuse(':guaranteeId'),
    decide((asked, body) => decisions.refuse({ ...asked, ...parse(refuseGuaranteeRequest, body) })),
  )
  router.post(
    routes.guaranteeRenew(':guaranteeId'),
    decide((asked) => decisions.renew(asked)),
  )
  router.post(
    routes.guaranteeRevoke(':guaranteeId'),
    decide((asked, body) => decisions.revoke({ ...asked, ...parse(refuseGuaranteeRequest, body) })),
  )
  return router
}

/** The person whose device asks. */
async function requireGuarantor(
  { authentication, accountStore, rateLimits }: Parts,
  request: Request,
): Promise<PersonId> {
  const { accountId } = await authentication.device(request)
  await rateLimits.spend('accountGuarantees', accountId)
  const account = await accountStore.byId(accountId)
  if (account === undefined) throw new RelayError('unauthenticated')
  return account.personId
}

/** Throws RelayError `ticket_invalid` for what cannot be one. */
function tokenOf(request: Request): string {
  const token = requestToken.safeParse(bearer(request))
  if (!token.success) throw new RelayError('ticket_invalid')
  return token.data
}
