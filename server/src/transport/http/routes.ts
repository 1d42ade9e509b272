/** The HTTP side put together: which routes there are, over which parts of the domain. Wiring only. */
import { readFileSync } from 'node:fs'
import type { RelayConfig } from '@pli/protocol/wire'
import type { Express, Router } from 'express'
import type { ServerConfig } from '../../config.ts'
import type { LinksTokens } from '../../domain/therapeutic-links/links-tokens.ts'
import type { Domain } from '../../domain.ts'
import type { Log } from '../../log.ts'
import { createHealthRoutes } from '../../operations/health-routes.ts'
import type { Readiness } from '../../operations/readiness.ts'
import type { Storage } from '../../storage/interfaces.ts'
import { createAccountRoutes } from './account-routes.ts'
import { createAppRoutes } from './app-files.ts'
import { createAttachmentRoutes } from './attachments/attachment-routes.ts'
import { createAuthentication } from './authentication.ts'
import { createConfigRoute } from './config-route.ts'
import { createDirectoryRoutes } from './directory-routes.ts'
import { createFhirRoutes } from './fhir/fhir-routes.ts'
import { createGuarantorRoutes } from './guarantor-routes.ts'
import { createHttpApp } from './http-app.ts'
import { createKeyRoutes } from './key-routes.ts'
import { createLinksRoutes } from './links-routes.ts'
import { createPushRoutes } from './push-routes.ts'
import { createRateLimits } from './rate-limits.ts'
import type { Origins } from './security-headers.ts'
import { createSignInRoutes } from './sign-in-routes.ts'

interface Sources {
  config: ServerConfig
  domain: Domain
  storage: Storage
  origins: Origins
  provider: { routes: Router[] }
  linksTokens: LinksTokens
  sandboxPeople: NonNullable<RelayConfig['sandbox']>['people']
  readiness: Readiness
  log: Log
}

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

export function createRoutes({
  config,
  domain,
  storage,
  origins,
  provider,
  linksTokens,
  sandboxPeople,
  readiness,
  log,
}: Sources): Express {
  const rateLimits = createRateLimits(config.rateLimitFactor, domain.limits)
  const authentication = createAuthentication({
    sessions: domain.sessions,
    authenticateDevice: (token) => domain.devices.authenticate(token),
  })
  const parts = {
    ...domain,
    ...origins,
    origins,
    authentication,
    rateLimits,
    accountStore: storage.accounts,
    linksTokens,
  }
  const about = createConfigRoute({
    version,
    trustRoots: domain.certificates.trustRoots,
    vapidPublicKey: domain.vapidPublicKey,
    sourceUrl: config.sourceUrl,
    ...(config.linksServiceUrl === undefined ? {} : { links: { serviceUrl: config.linksServiceUrl } }),
    ...(config.mode === 'sandbox' ? { sandbox: { people: sandboxPeople } } : {}),
  })
  return createHttpApp({
    origins,
    trustedProxies: config.trustedProxies,
    rateLimits,
    metrics: domain.metrics,
    log,
    healthRoutes: createHealthRoutes(readiness),
    rawRoutes: [createAttachmentRoutes(parts), ...provider.routes],
    apiRoutes: [
      about,
      createSignInRoutes(parts),
      createAccountRoutes(parts),
      createKeyRoutes(parts),
      createDirectoryRoutes(parts),
      createFhirRoutes({ ...parts, version, log }),
      createGuarantorRoutes(parts),
      createPushRoutes(parts),
      createLinksRoutes(parts),
    ],
    appRoutes: createAppRoutes(config),
  })
}
