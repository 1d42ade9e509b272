/**
 * Purpose: the sandbox's OpenID provider: one realm, one client (this relay), consent never asked.
 * Source: oidc-provider; the realm's path and the claims follow eHealth IAM Connect.
 * Not concerned with the login page (`login-routes.ts`).
 */
import Provider, { type AdapterFactory } from 'oidc-provider'
import type { IamKeys } from './keys.ts'
import { LOGIN_PATH, REALM_PATH, SANDBOX_CLIENT_ID } from './paths.ts'
import type { IamPeople } from './people.ts'

interface Settings {
  /** Origin under which browsers reach the relay. */
  publicUrl: string
  redirectUri: string
  keys: IamKeys
  people: IamPeople
  adapter: AdapterFactory
}

export function createIamProvider({ publicUrl, redirectUri, keys, people, adapter }: Settings): Provider {
  const provider = new Provider(`${publicUrl}${REALM_PATH}`, {
    adapter,
    clients: [
      {
        client_id: SANDBOX_CLIENT_ID,
        redirect_uris: [redirectUri],
        response_types: ['code'],
        grant_types: ['authorization_code'],
        token_endpoint_auth_method: 'private_key_jwt',
        token_endpoint_auth_signing_alg: 'RS256',
        id_token_signed_response_alg: 'RS256',
        jwks: { keys: [keys.clientPublic] },
      },
    ],
    jwks: { keys: [keys.signing] },
    cookies: { keys: [keys.cookieSecret] },
    claims: { openid: ['sub'], profile: ['userProfile'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false }, userinfo: { enabled: false } },
    interactions: { url: (_context, interaction) => `${LOGIN_PATH}/${interaction.uid}` },
    ttl: { Interaction: 600, Session: 600, Grant: 600, AuthorizationCode: 60, AccessToken: 60, IdToken: 300 },
    async findAccount(_context, subject) {
      const person = await people.find(subject)
      if (person === undefined) return undefined
      return {
        accountId: person.subject,
        claims: async () => ({ sub: person.subject, userProfile: person.userProfile }),
      }
    },
    async loadExistingGrant(context) {
      const { client, session } = context.oidc
      if (client === undefined || session?.accountId === undefined) return undefined
      const grant = new context.oidc.provider.Grant({
        clientId: client.clientId,
        accountId: session.accountId,
      })
      grant.addOIDCScope('openid profile')
      await grant.save()
      return grant
    },
    // The provider's own page would show what went wrong inside; nobody but us reads it.
    renderError(context) {
      context.type = 'text/plain'
      context.body = 'The sign-in did not succeed. Please go back to Pli and start again.'
    },
  })
  // Its URLs come from the forwarded headers, which `login-routes.ts` sets to the public origin, whoever sent what.
  provider.proxy = true
  return provider
}
