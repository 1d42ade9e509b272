/**
 * Purpose: the requests that end in a sign-in session. All are limited by address, for nobody is known yet.
 * Not concerned with what a session opens.
 */
import {
  oidcStartQuery,
  passwordSignInRequest,
  redeemCodeRequest,
  redeemGuaranteeRequest,
  redeemTicketRequest,
  routes,
  signInSession,
  type WireErrorCode,
} from '@pli/protocol/wire'
import { type Request, type Response, Router } from 'express'
import type { OidcSignIn } from '../../domain/sign-in/oidc-sign-in.ts'
import type { SignIn } from '../../domain/sign-in/sign-in.ts'
import { RelayError } from '../../errors.ts'
import { answering, parse } from './answers.ts'
import type { RateLimits } from './rate-limits.ts'
import type { Origins } from './security-headers.ts'

interface Parts {
  signIn: SignIn
  oidc: OidcSignIn
  rateLimits: RateLimits
  origins: Origins
}

export function createSignInRoutes({ signIn, oidc, rateLimits, origins }: Parts): Router {
  const router = Router()
  router.get(routes.oidcStart, rateLimits.byAddress('signIn'), async (request, response) => {
    const { personId, challenge, returnTo, origin, language } = parse(oidcStartQuery, request.query)
    const returnUrl = resolveReturn(returnTo, origin ?? originOfHost(request, origins), origins)
    try {
      const url = await oidc.start({ personId, challenge, returnUrl, language }, Date.now())
      redirect(response, url.href)
    } catch (error) {
      // This is a page load: what went wrong must reach the app, not stand on a blank page.
      if (!(error instanceof RelayError)) throw error
      redirect(response, withRefusal(returnUrl, error.code))
    }
  })
  router.get(routes.oidcCallback, rateLimits.byAddress('signIn'), async (request, response) => {
    redirect(response, await finish(request, oidc, origins))
  })
  router.post(
    routes.redeemTicket,
    rateLimits.byAddress('signIn'),
    answering(signInSession, (request) => signIn.withTicket(parse(redeemTicketRequest, request.body))),
  )
  router.post(
    routes.redeemCode,
    rateLimits.byAddress('operatorCode'),
    answering(signInSession, (request) => signIn.withCode(parse(redeemCodeRequest, request.body))),
  )
  router.post(
    routes.redeemGuarantee,
    rateLimits.byAddress('signIn'),
    answering(signInSession, (request) => signIn.withGuarantee(parse(redeemGuaranteeRequest, request.body))),
  )
  router.post(
    routes.passwordSignIn,
    rateLimits.byAddress('password'),
    answering(signInSession, (request) => signIn.withPassword(parse(passwordSignInRequest, request.body))),
  )
  return router
}

async function finish(request: Request, oidc: OidcSignIn, { publicUrl }: Origins): Promise<string> {
  const query = new URL(request.originalUrl, publicUrl).searchParams
  try {
    const returned = await oidc.finish(query, Date.now())
    if ('refused' in returned) return withRefusal(returned.returnUrl, returned.refused)
    return withFragment(returned.returnUrl, `ticket=${returned.ticket}`)
  } catch (error) {
    if (!(error instanceof RelayError)) throw error
    // Nobody knows any more where this attempt came from.
    return withRefusal(`${publicUrl}/`, error.code)
  }
}

/** The relay may go by several names, such as localhost and 127.0.0.1: people come back to the one they came by. */
function originOfHost(request: Request, { publicUrl, appOrigins }: Origins): string {
  const { host } = request.headers
  return [publicUrl, ...appOrigins].find((origin) => new URL(origin).host === host) ?? publicUrl
}

/** Throws RelayError `bad_request` for an origin that the relay was not told of. */
function resolveReturn(returnTo: string, base: string, { publicUrl, appOrigins }: Origins): string {
  const url = URL.canParse(returnTo, base) ? new URL(returnTo, base) : undefined
  const isAllowed = url !== undefined && [publicUrl, ...appOrigins].includes(base) && url.origin === base
  if (!isAllowed) throw new RelayError('bad_request', 'origin not allowed')
  return url.href
}

function withRefusal(url: string, code: WireErrorCode): string {
  return withFragment(url, `sign-in-error=${code}`)
}

function withFragment(url: string, fragment: string): string {
  const full = new URL(url)
  full.hash = fragment
  return full.href
}

function redirect(response: Response, url: string): void {
  response.redirect(303, url)
}
