/** Whom the relay asks who somebody is: the national sign-in, or in the sandbox its own stand-in. */
import { createPrivateKey, type webcrypto } from 'node:crypto'
import type { Router } from 'express'
import type { Redis } from 'ioredis'
import { importPKCS8 } from 'jose'
import { type ServerConfig, StartRefusal } from './config.ts'
import type { Directory } from './domain/directory/directory.ts'
import type { OidcClientSettings } from './domain/sign-in/oidc-client.ts'
import { openSandboxIam, SANDBOX_ISSUER_PIN } from './sandbox/iam/open.ts'
import type { InstallationStore } from './storage/interfaces.ts'

interface Settings {
  directory: Directory
  installation: InstallationStore
  publicUrl: string
  ownUrl: string
  redirectUri: string
  appOrigins: readonly string[]
  /** For the sandbox's provider, where relays are several. */
  redis?: Redis | undefined
}

export interface OpenedProvider {
  client: OidcClientSettings
  /** The sandbox provider's pages. */
  routes: Router[]
  /** See `OidcSignIn`. */
  pinnedIssuer: string | undefined
  hintsPerson: boolean
}

/** Throws StartRefusal. */
export async function openSignInProvider(config: ServerConfig, settings: Settings): Promise<OpenedProvider> {
  const { signIn } = config
  if (signIn.kind === 'sandbox') {
    const { client, routes } = await openSandboxIam(config, settings)
    return { client, routes: [routes], pinnedIssuer: SANDBOX_ISSUER_PIN, hintsPerson: true }
  }
  const { issuer, clientId, clientKeyPem, scope } = signIn
  const clientKey = await readKey(clientKeyPem)
  const client = { issuer, clientId, clientKey, scope, redirectUri: settings.redirectUri }
  return { client, routes: [], pinnedIssuer: undefined, hintsPerson: false }
}

async function readKey(pem: string): Promise<webcrypto.CryptoKey> {
  try {
    // Whatever PEM form the key came in, jose wants PKCS#8.
    const pkcs8 = createPrivateKey(pem).export({ type: 'pkcs8', format: 'pem' })
    return (await importPKCS8(String(pkcs8), 'RS256')) as webcrypto.CryptoKey
  } catch {
    throw new StartRefusal('OIDC_CLIENT_KEY_FILE does not hold a private RSA key in PEM.')
  }
}
