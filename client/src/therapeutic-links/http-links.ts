/**
 * `TherapeuticLinks` over HTTP, straight to the service. The patient travels in a body, as an HMAC under the key that the
 * service gives: no number is in an address, a log or a proxy's memory. Answers are not kept; token, key and the
 * service's key are, for as long as this object.
 * Not concerned with who gives tokens: `fetchToken` is.
 */
import { fromBase64Url, type LinksToken, toBase64Url } from '@pli/protocol/wire'
import { z } from 'zod'
import { ClientError } from '../errors.ts'
import { readBody } from '../relay/read-body.ts'
import type { PatientNumber } from './patient-number.ts'
import { drawProofKey, type ProofKey } from './proof-key.ts'
import type { AskedProfessional, TherapeuticLinks } from './therapeutic-links.ts'

export interface HttpLinksSettings {
  /** Origin of the service. */
  serviceUrl: string
  /** A token for the service and this key, from the relay. */
  fetchToken(keyThumbprint: string): Promise<LinksToken>
  nowMs: () => number
  /** Until an answer, at most. */
  timeoutMs?: number
}

const TIMEOUT_MS = 8_000
const RENEW_BEFORE_MS = 60_000

const service = z.object({ blinding: z.object({ keyId: z.string().max(100), key: z.string().max(100) }) })
const answered = z.object({ has: z.boolean() })

interface Blinding {
  keyId: string
  blind(patient: PatientNumber): Promise<string>
}

export function createHttpLinks(settings: HttpLinksSettings): TherapeuticLinks {
  const { serviceUrl, nowMs } = settings
  const proofKey = drawProofKey()
  let blinding: Promise<Blinding> | undefined
  let token: Promise<LinksToken> | undefined

  function renewToken(key: ProofKey): Promise<LinksToken> {
    const fetching = settings.fetchToken(key.thumbprint)
    token = fetching
    fetching.catch(() => {
      if (token === fetching) token = undefined
    })
    return fetching
  }

  async function freshToken(key: ProofKey): Promise<string> {
    let known = await (token ?? renewToken(key))
    if (known.expiresAtMs - nowMs() <= RENEW_BEFORE_MS) known = await renewToken(key)
    // A token for somewhere else would take the question there.
    if (known.serviceUrl !== serviceUrl) throw new ClientError('unavailable')
    return known.token
  }

  async function ask(
    path: string,
    patient: PatientNumber,
    professional: AskedProfessional,
  ): Promise<boolean> {
    const signal = AbortSignal.timeout(settings.timeoutMs ?? TIMEOUT_MS)
    const key = await proofKey
    blinding ??= fetchBlinding(serviceUrl, signal)
    const named = await blinding.catch((error: unknown) => {
      blinding = undefined
      throw error
    })
    const url = serviceUrl + path
    const use = await Promise.race([freshToken(key), failWhenAborted(signal)])
    const body = {
      patient: { keyId: named.keyId, blinded: await named.blind(patient) },
      professional,
    }
    const headers = {
      'content-type': 'application/json',
      authorization: `DPoP ${use}`,
      dpop: await key.prove({ method: 'POST', url, token: use, nowMs: nowMs() }),
    }
    const response = await fetchJson(url, { method: 'POST', headers, body: JSON.stringify(body), signal })
    // The service drew a new key, or knows the token no more: the next question begins anew.
    if (response.status === 409) blinding = undefined
    if (response.status === 401) token = undefined
    const parsed = answered.safeParse(response.value)
    if (response.status !== 200 || !parsed.success) throw new ClientError('unavailable')
    return parsed.data.has
  }

  return {
    hasExclusion: (patient, professional) => ask('/exclusions/has', patient, professional),
    hasLink: (patient, professional) => ask('/links/has', patient, professional),
  }
}

function failWhenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new ClientError('unavailable')))
  })
}

async function fetchBlinding(serviceUrl: string, signal: AbortSignal): Promise<Blinding> {
  const { value } = await fetchJson(`${serviceUrl}/service`, { signal })
  const parsed = service.safeParse(value)
  if (!parsed.success) throw new ClientError('unavailable')
  const { keyId, key } = parsed.data.blinding
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const hmac = await crypto.subtle.importKey('raw', new Uint8Array(fromBase64Url(key)), algorithm, false, [
    'sign',
  ])
  return {
    keyId,
    async blind(patient) {
      const mac = await crypto.subtle.sign('HMAC', hmac, new TextEncoder().encode(patient))
      return toBase64Url(new Uint8Array(mac))
    },
  }
}

async function fetchJson(url: string, init: RequestInit): Promise<{ status: number; value: unknown }> {
  try {
    const response = await fetch(url, {
      ...init,
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
    })
    return { status: response.status, value: JSON.parse(await readBody(response)) }
  } catch (cause) {
    throw new ClientError('unavailable', { cause })
  }
}
