/**
 * Purpose: the relay as a confidential OpenID Connect client: code flow with PKCE, state and nonce, its assertion
 * signed with a private key. Source: OpenID Connect Core 1.0, RFC 7636, RFC 7523, as openid-client does them.
 * Not concerned with who the claims belong to here.
 */
import type { webcrypto } from 'node:crypto'
import * as openid from 'openid-client'
import { RelayError } from '../../errors.ts'

export interface OidcClientSettings {
  /** Issuer identifier; its discovery document lies below it. */
  issuer: string
  clientId: string
  /** RSA, for RS256. */
  clientKey: webcrypto.CryptoKey
  scope: string
  redirectUri: string
  /** The sandbox's own provider is reached over loopback, without TLS; nothing else ever is. */
  loopback?: { fetch: openid.CustomFetch; isInsecure: boolean }
}

export interface OidcAttempt {
  state: string
  nonce: string
  pkceVerifier: string
}

export interface OidcClient {
  /** Draws state, nonce and verifier; `parameters` are added to the request. Throws RelayError `unavailable`. */
  begin(parameters: Record<string, string>): Promise<{ url: URL; attempt: OidcAttempt }>
  /**
   * The verified claims of the ID token. `query` is what came back from the provider.
   * Throws RelayError `sign_in_refused` when the provider refused or anything does not verify.
   */
  finish(query: URLSearchParams, attempt: OidcAttempt): Promise<openid.IDToken>
}

export function createOidcClient(settings: OidcClientSettings): OidcClient {
  let discovered: Promise<openid.Configuration> | undefined
  // A provider that was away at the first sign-in is asked again at the next one.
  async function configuration(): Promise<openid.Configuration> {
    discovered ??= discover(settings)
    try {
      return await discovered
    } catch {
      discovered = undefined
      throw new RelayError('unavailable', 'the identity provider cannot be reached')
    }
  }
  return {
    async begin(parameters) {
      const configured = await configuration()
      const attempt = {
        state: openid.randomState(),
        nonce: openid.randomNonce(),
        pkceVerifier: openid.randomPKCECodeVerifier(),
      }
      const url = openid.buildAuthorizationUrl(configured, {
        ...parameters,
        redirect_uri: settings.redirectUri,
        scope: settings.scope,
        state: attempt.state,
        nonce: attempt.nonce,
        code_challenge: await openid.calculatePKCECodeChallenge(attempt.pkceVerifier),
        code_challenge_method: 'S256',
        // A proof is of now: whoever used this browser before must not vouch for whoever uses it next.
        prompt: 'login',
      })
      return { url, attempt }
    },
    async finish(query, attempt) {
      const configured = await configuration()
      const callback = new URL(settings.redirectUri)
      callback.search = query.toString()
      try {
        const tokens = await openid.authorizationCodeGrant(configured, callback, {
          expectedState: attempt.state,
          expectedNonce: attempt.nonce,
          pkceCodeVerifier: attempt.pkceVerifier,
          idTokenExpected: true,
        })
        return tokens.claims()!
      } catch {
        throw new RelayError('sign_in_refused', 'the identity provider refused')
      }
    },
  }
}

function discover({
  issuer,
  clientId,
  clientKey,
  loopback,
}: OidcClientSettings): Promise<openid.Configuration> {
  return openid.discovery(
    new URL(issuer),
    clientId,
    { id_token_signed_response_alg: 'RS256' },
    openid.PrivateKeyJwt(clientKey),
    {
      timeout: 10,
      ...(loopback === undefined ? {} : { [openid.customFetch]: loopback.fetch }),
      ...(loopback?.isInsecure ? { execute: [openid.allowInsecureRequests] } : {}),
    },
  )
}
