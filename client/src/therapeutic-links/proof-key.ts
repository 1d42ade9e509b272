/**
 * A key that proves, with every request, that the token is used by whom it was issued to. Drawn for one session, cannot be
 * exported, never stored. Source: RFC 9449 (DPoP), with ES256; RFC 7638 for the thumbprint.
 * Not concerned with tokens.
 */
import { toBase64Url } from '@pli/protocol/wire'

export interface ProofKey {
  /** SHA-256 of the public key, base64url. */
  readonly thumbprint: string
  /** For one request with this token. */
  prove(request: { method: string; url: string; token: string; nowMs: number }): Promise<string>
}

export async function drawProofKey(): Promise<ProofKey> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
  const pair = await crypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])
  const { x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey)
  // In the order that the thumbprint is defined over.
  const jwk = { crv: 'P-256', kty: 'EC', x, y }
  return {
    thumbprint: await sha256(JSON.stringify(jwk)),
    async prove({ method, url, token, nowMs }) {
      const header = { typ: 'dpop+jwt', alg: 'ES256', jwk }
      const claims = {
        jti: crypto.randomUUID(),
        htm: method,
        htu: url,
        iat: Math.floor(nowMs / 1000),
        ath: await sha256(token),
      }
      const signed = `${encode(header)}.${encode(claims)}`
      const bytes = new TextEncoder().encode(signed)
      const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, pair.privateKey, bytes)
      return `${signed}.${toBase64Url(new Uint8Array(signature))}`
    },
  }
}

const encode = (value: unknown): string => toBase64Url(new TextEncoder().encode(JSON.stringify(value)))

async function sha256(text: string): Promise<string> {
  return toBase64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))))
}
