/** Assembles the sandbox's identity provider and the relay's side of it. Never in production. */
import type { Router } from 'express'
import type { Redis } from 'ioredis'
import { refuseInProduction, type ServerConfig } from '../../config.ts'
import type { Directory } from '../../domain/directory/directory.ts'
import type { OidcClientSettings } from '../../domain/sign-in/oidc-client.ts'
import type { InstallationStore } from '../../storage/interfaces.ts'
import { listLoginChoices } from '../demo-people.ts'
import { openIamKeys } from './keys.ts'
import { createIamRoutes } from './login-routes.ts'
import { createMemoryAdapter } from './memory-adapter.ts'
import { REALM_PATH, SANDBOX_CLIENT_ID } from './paths.ts'
import { createIamPeople } from './people.ts'
import { createRedisAdapter } from './redis-adapter.ts'

interface Settings {
  directory: Directory
  installation: InstallationStore
  publicUrl: string
  /** Where this process listens, for calls to itself. */
  ownUrl: string
  redirectUri: string
  appOrigins: readonly string[]
  /** Where several relays are one provider. */
  redis?: Redis | undefined
}

/** Names the sandbox's issuer in bindings: its address follows the public one, which a try-out may change. */
export const SANDBOX_ISSUER_PIN = 'urn:pli:sandbox-iam'

/** Throws StartRefusal in production. */
export async function openSandboxIam(
  config: ServerConfig,
  { directory, installation, publicUrl, ownUrl, redirectUri, appOrigins, redis }: Settings,
): Promise<{ routes: Router; client: OidcClientSettings }> {
  refuseInProduction(config, 'The sandbox’s identity provider')
  const keys = await openIamKeys(installation)
  const people = createIamPeople(directory)
  const adapter = redis ? createRedisAdapter(redis) : createMemoryAdapter()
  const { createIamProvider } = await loadQuietly(() => import('./provider.ts'))
  const provider = createIamProvider({ publicUrl, redirectUri, keys, people, adapter })
  return {
    routes: createIamRoutes({ provider, people, choices: listLoginChoices, publicUrl, appOrigins }),
    client: {
      issuer: `${publicUrl}${REALM_PATH}`,
      clientId: SANDBOX_CLIENT_ID,
      clientKey: keys.clientKey,
      scope: 'openid profile',
      redirectUri,
      loopback: {
        isInsecure: publicUrl.startsWith('http://'),
        fetch: (url, options) => fetch(url.replace(publicUrl, ownUrl), options as RequestInit),
      },
    },
  }
}

/** oidc-provider advises Node 22 on the console as it is loaded; the sandbox is tested on 20 and says nothing of it. */
async function loadQuietly<Module>(load: () => Promise<Module>): Promise<Module> {
  const { warn } = console
  console.warn = () => undefined
  try {
    return await load()
  } finally {
    console.warn = warn
  }
}
