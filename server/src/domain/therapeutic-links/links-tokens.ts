/**
 * Purpose: lets a device into the service of therapeutic links without the relay being there: a token for that service
 * alone, that says who the professional is and which key must prove itself with every request. The relay has not that
 * key, is never asked about a patient, and sees no answer. Sources: RFC 9449 (DPoP), RFC 7800 (`cnf`).
 * Not concerned with what the service is asked.
 */
import { randomUUID } from 'node:crypto'
import type { LinksToken, PersonId } from '@pli/protocol/wire'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose'
import { RelayError } from '../../errors.ts'
import type { InstallationStore } from '../../storage/interfaces.ts'

export interface LinksTokens {
  /** The public keys by which the service knows our tokens (RFC 7517). */
  keys(): { keys: JWK[] }
  /** Throws RelayError `not_found` where there is no such service. */
  issue(personId: PersonId, keyThumbprint: string): Promise<LinksToken>
}

interface Settings {
  /** Our own name in tokens. */
  issuer: string
  /** Origin of the service; undefined: there is none. */
  serviceUrl: string | undefined
  installation: InstallationStore
  nowMs: () => number
}

const NAME = 'links-token-key'
const ALGORITHM = 'ES256'
const LASTS_SECONDS = 600

export async function openLinksTokens(settings: Settings): Promise<LinksTokens> {
  const { issuer, serviceUrl, installation, nowMs } = settings
  if (serviceUrl === undefined) {
    return {
      keys: () => ({ keys: [] }),
      async issue() {
        throw new RelayError('not_found')
      },
    }
  }
  const secret = await openKey(installation)
  const { d: _, ...publicKey } = secret
  const kid = await calculateJwkThumbprint(publicKey)
  const key = await importJWK(secret, ALGORITHM)
  return {
    keys: () => ({ keys: [{ ...publicKey, kid, alg: ALGORITHM, use: 'sig' }] }),
    async issue(personId, keyThumbprint) {
      const issuedAt = Math.floor(nowMs() / 1000)
      const token = await new SignJWT({ cnf: { jkt: keyThumbprint } })
        .setProtectedHeader({ alg: ALGORITHM, typ: 'at+jwt', kid })
        .setIssuer(issuer)
        .setAudience(serviceUrl)
        .setSubject(personId)
        .setJti(randomUUID())
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + LASTS_SECONDS)
        .sign(key)
      return { token, expiresAtMs: (issuedAt + LASTS_SECONDS) * 1000, serviceUrl }
    },
  }
}

async function openKey(installation: InstallationStore): Promise<JWK> {
  const stored = (await installation.get(NAME)) ?? (await installation.putIfAbsent(NAME, await draw()))
  return JSON.parse(Buffer.from(stored).toString('utf8')) as JWK
}

async function draw(): Promise<Uint8Array> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true })
  return Buffer.from(JSON.stringify(await exportJWK(privateKey)))
}
