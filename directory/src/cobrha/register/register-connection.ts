// Asking the register's REST side for JSON.
// Not concerned with which paths there are (snapshot.ts, notifications.ts, cobrha-source.ts).

import type { z } from 'zod'
import { DirectoryError } from '../../errors.ts'
import { refuseStatus, textReader, type Wire } from '../wire/http-wire.ts'
import { type RetryOptions, withRetries } from '../wire/retry.ts'

export interface RegisterConnection {
  readonly wire: Wire
  /** ends with a slash */
  readonly base: URL
  readonly retry: Omit<RetryOptions, 'signal'>
  readonly nowMs: () => number
  /** 11 digits to the look-up value */
  readonly lookUp: (ssin: string) => string
}

const MAX_JSON_BYTES = 4 * 1024 * 1024

/**
 * @returns undefined for 404
 * @throws DirectoryError `source-*`; 410 is `source-snapshot-replaced`
 */
export async function getJson<T>(
  { wire, base, retry }: RegisterConnection,
  path: string,
  schema: z.ZodType<T>,
  signal: AbortSignal | undefined,
): Promise<T | undefined> {
  const request = {
    method: 'GET' as const,
    url: new URL(path, base),
    headers: { Accept: 'application/json' },
    signal,
  }
  const answer = await withRetries(
    async () => {
      let found = true
      const text = await wire.exchange(request, (status) => {
        found = status !== 404
        if (found) refuseMissingVersion(status)
        if (found) refuseStatus(status)
        return textReader(MAX_JSON_BYTES)
      })
      return found ? text : undefined
    },
    { ...retry, signal },
  )
  return answer === undefined ? undefined : parse(answer, schema)
}

/** A version that the register offers no more. @throws DirectoryError `source-snapshot-replaced` */
export function refuseMissingVersion(status: number): void {
  if (status === 410)
    throw new DirectoryError('source-snapshot-replaced', 'The register offers this snapshot no more.')
}

function parse<T>(text: string, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(tryJson(text))
  if (parsed.success) return parsed.data
  throw new DirectoryError(
    'source-malformed',
    'The register’s answer does not have the fields that were agreed.',
  )
}

/** undefined for what is no JSON: no JSON text means that. */
export function tryJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
