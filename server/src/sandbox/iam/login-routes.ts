/**
 * Purpose: mounts the sandbox's identity provider: its protocol endpoints, and the login page between them.
 * Not concerned with what the relay makes of the sign-in.
 */
import express, { type Request, type Response, Router } from 'express'
import type Provider from 'oidc-provider'
import { z } from 'zod'
import type { LoginChoice, PageLanguage } from './login-page.ts'
import { loginStyleHash, renderLoginPage } from './login-page.ts'
import { LOGIN_PATH, REALM_PATH } from './paths.ts'
import type { IamPeople } from './people.ts'

interface Settings {
  provider: Provider
  people: IamPeople
  choices(language: PageLanguage): (LoginChoice & { personId: string })[]
  publicUrl: string
  /** Origins the browser is sent on to after the form: browsers check them against `form-action`. */
  appOrigins: readonly string[]
}

const entry = z.object({ person: z.string().max(60).optional(), cancel: z.string().optional() })

export function createIamRoutes(settings: Settings): Router {
  const { provider, people, publicUrl } = settings
  const router = Router()
  const { protocol, host } = new URL(publicUrl)

  router.use([REALM_PATH, LOGIN_PATH], (request, response, next) => {
    // Whatever name the browser or the relay itself came by, the provider speaks for the public one.
    request.headers['x-forwarded-proto'] = protocol.slice(0, -1)
    request.headers['x-forwarded-host'] = host
    forgetSession(request, provider.cookieName('session'))
    response.setHeader('Content-Security-Policy', contentPolicy(settings))
    response.setHeader('Cache-Control', 'no-store')
    next()
  })
  router.use(REALM_PATH, provider.callback())

  router.get(`${LOGIN_PATH}/:uid`, async (request, response) => {
    const { params } = await provider.interactionDetails(request, response)
    send(response, settings, params)
  })
  router.post(
    `${LOGIN_PATH}/:uid`,
    express.urlencoded({ extended: false, limit: 2048 }),
    async (request, response) => {
      const { params } = await provider.interactionDetails(request, response)
      const { person, cancel } = entry.parse(request.body ?? {})
      if (cancel !== undefined) {
        await provider.interactionFinished(request, response, { error: 'access_denied' })
        return
      }
      const found = await people.find(person ?? '')
      if (found === undefined) return send(response.status(422), settings, params, person ?? '')
      await provider.interactionFinished(request, response, {
        login: { accountId: found.subject, remember: false },
      })
    },
  )
  router.use(LOGIN_PATH, (_error: unknown, _request: Request, response: Response, _next: () => void) => {
    response
      .status(400)
      .type('text/plain')
      .send('This sign-in has ended. Please go back to Pli and start again.')
  })
  return router
}

function send(
  response: Response,
  settings: Settings,
  params: Record<string, unknown>,
  refusedEntry?: string,
): void {
  const language = languageOf(params.ui_locales)
  const choices = settings.choices(language)
  // The person that was picked in the app stands first.
  choices.sort(
    (one, other) => Number(other.personId === params.login_hint) - Number(one.personId === params.login_hint),
  )
  const refused = refusedEntry === undefined ? {} : { refusedEntry }
  response.type('html').send(renderLoginPage({ language, choices, ...refused }))
}

/**
 * Every sign-in stands alone: two invented people share one browser, and the provider would first sign the one out
 * with a page that needs a script.
 */
function forgetSession(request: Request, cookieName: string): void {
  const kept = (request.headers.cookie ?? '').split('; ').filter((pair) => !pair.startsWith(cookieName))
  request.headers.cookie = kept.join('; ')
}

function languageOf(locales: unknown): PageLanguage {
  const wanted = typeof locales === 'string' ? locales.split(' ') : []
  return wanted.find((locale): locale is PageLanguage => ['fr', 'nl', 'en'].includes(locale)) ?? 'en'
}

function contentPolicy({ publicUrl, appOrigins }: Settings): string {
  const formTargets = [...new Set(["'self'", publicUrl, ...appOrigins])].join(' ')
  return `default-src 'none'; style-src ${loginStyleHash}; form-action ${formTargets}; base-uri 'none'; frame-ancestors 'none'`
}
