/**
 * A national sign-in on this machine, over TLS: discovery, and a token for a code, as eHealth IAM Connect shapes it. Who
 * comes is whom the test says; pages it has none. Not concerned with checking the relay's own proof.
 */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { pushServiceCertificate, pushServiceKey } from './push-service.ts'

export interface OidcIssuer {
  /** Its certificate is `pushServiceCertificate`. */
  url: string
  /** What the provider does when a person with this SSIN has signed in: where it sends the browser. */
  signIn(authorization: URL, ssin: string): URL
  close(): Promise<void>
}

export async function startOidcIssuer(clientId: string): Promise<OidcIssuer> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const waiting = new Map<string, { nonce: string; ssin: string }>()
  const server = createServer({ key: pushServiceKey, cert: pushServiceCertificate }, (request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += String(chunk)
    })
    request.on('end', () => {
      const answer = answerTo(request.url ?? '', new URLSearchParams(body).get('code') ?? '')
      response.writeHead(answer ? 200 : 404, { 'Content-Type': 'application/json' })
      response.end(JSON.stringify(answer ?? {}))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `https://localhost:${(server.address() as AddressInfo).port}/realms/healthcare`

  function answerTo(path: string, code: string): object | undefined {
    if (path.endsWith('/.well-known/openid-configuration')) {
      return {
        issuer: url,
        authorization_endpoint: `${url}/authorize`,
        token_endpoint: `${url}/token`,
        jwks_uri: `${url}/keys`,
        id_token_signing_alg_values_supported: ['RS256'],
        code_challenge_methods_supported: ['S256'],
      }
    }
    if (path.endsWith('/keys')) {
      return { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: '1', alg: 'RS256', use: 'sig' }] }
    }
    const person = waiting.get(code)
    if (!path.endsWith('/token') || !person) return undefined
    waiting.delete(code)
    return { access_token: 'none', token_type: 'Bearer', expires_in: 60, id_token: idToken(person) }
  }

  function idToken({ nonce, ssin }: { nonce: string; ssin: string }): string {
    const now = Math.floor(Date.now() / 1000)
    const claims = { iss: url, aud: clientId, sub: `subject-${ssin}`, iat: now, exp: now + 300, nonce }
    const parts = [
      { alg: 'RS256', kid: '1' },
      { ...claims, userProfile: { ssin } },
    ]
    const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')
    return `${signed}.${sign('sha256', Buffer.from(signed), privateKey).toString('base64url')}`
  }

  return {
    url,
    signIn(authorization, ssin) {
      const code = randomBytes(16).toString('hex')
      waiting.set(code, { nonce: authorization.searchParams.get('nonce') ?? '', ssin })
      const back = new URL(authorization.searchParams.get('redirect_uri') ?? '')
      back.search = String(
        new URLSearchParams({ code, state: authorization.searchParams.get('state') ?? '' }),
      )
      return back
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
