/**
 * Purpose: whether a request may be answered: a token that the relay issued for this service, used by the one key it is
 * bound to, for this request and only once. Source: RFC 9449, 4.3 and 7.1.
 * Not concerned with what is asked.
 */
import { createHash } from 'node:crypto'
import {
  calculateJwkThumbprint,
  createRemoteJWKSet,
  EmbeddedJWK,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose'

export interface Authorisation {
  /** The register's id of the professional; undefined: nobody who may ask. */
  check(request: {
    method: string
    path: string
    authorization?: string
    proof?: string
  }): Promise<string | undefined>
}

interface Settings {
  /** Origin of this service: the tokens' audience, and the beginning of what a proof is for. */
  ownUrl: () => string
  /** Origin of the relay whose tokens are taken. */
  relayUrl: string
}

const PROOF_LASTS_MS = 60_000
const REMEMBERED_AT_MOST = 100_000

export function createAuthorisation({ ownUrl, relayUrl }: Settings): Authorisation {
  const keys = createRemoteJWKSet(new URL(`${relayUrl}/v1/therapeutic-links/keys`))
  const used = new UsedProofs()
  return {
    async check({ method, path, authorization = '', proof = '' }) {
      const token = /^DPoP ([A-Za-z0-9._-]{1,4000})$/.exec(authorization)?.[1]
      if (token === undefined) return undefined
      const claims = await verify(token, keys, { issuer: relayUrl, audience: ownUrl(), typ: 'at+jwt' })
      const thumbprint = (claims?.cnf as { jkt?: unknown } | undefined)?.jkt
      if (claims?.sub === undefined || typeof thumbprint !== 'string') return undefined
      const isProven = await checkProof(proof, { token, thumbprint, method, url: ownUrl() + path, used })
      return isProven ? claims.sub : undefined
    },
  }
}

interface Expected {
  token: string
  thumbprint: string
  method: string
  url: string
  used: UsedProofs
}

async function checkProof(
  proof: string,
  { token, thumbprint, method, url, used }: Expected,
): Promise<boolean> {
  let signer: string | undefined
  const claims = await verify(
    proof,
    async (header, jws) => {
      signer = header?.jwk && (await calculateJwkThumbprint(header.jwk))
      return EmbeddedJWK(header, jws)
    },
    { typ: 'dpop+jwt' },
  )
  if (claims === undefined || signer !== thumbprint) return false
  const { jti, iat, htm, htu, ath } = claims as JWTPayload & { htm?: unknown; htu?: unknown; ath?: unknown }
  const isFresh = iat !== undefined && Math.abs(Date.now() - iat * 1000) <= PROOF_LASTS_MS
  const isForThis = htm === method && htu === url && ath === sha256(token)
  return isFresh && isForThis && jti !== undefined && jti.length <= 64 && used.take(`${thumbprint} ${jti}`)
}

/** The claims of a token that is right; undefined for any other. */
async function verify(
  token: string,
  keys: JWTVerifyGetKey,
  expected: { issuer?: string; audience?: string; typ: string },
): Promise<JWTPayload | undefined> {
  try {
    return (await jwtVerify(token, keys, { ...expected, algorithms: ['ES256'] })).payload
  } catch {
    return undefined
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url')

/** A proof is taken once. When there are too many to remember, none is taken until some are too old. */
class UsedProofs {
  readonly #until = new Map<string, number>()

  take(id: string): boolean {
    const nowMs = Date.now()
    for (const [old, untilMs] of this.#until) {
      if (untilMs > nowMs) break
      this.#until.delete(old)
    }
    if (this.#until.has(id) || this.#until.size >= REMEMBERED_AT_MOST) return false
    this.#until.set(id, nowMs + 2 * PROOF_LASTS_MS)
    return true
  }
}
