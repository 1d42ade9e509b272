/**
 * From what the messenger threw to a sentence that says what happened, what is safe, and what to do.
 * An error may have crossed a worker boundary, so it is read by its fields, never by its class.
 */
import type { ClientErrorCode } from '@pli/client'
import type { Translate } from './translator.ts'

export interface Failure {
  /** `unknown` when what was thrown carries no code. */
  readonly code: string
  readonly triesLeft?: number
  readonly retryAtMs?: number
}

export function readFailure(error: unknown): Failure {
  if (typeof error !== 'object' || error === null) return { code: 'unknown' }
  const fields = error as { code?: unknown; triesLeft?: unknown; retryAtMs?: unknown }
  return {
    code: typeof fields.code === 'string' ? fields.code : 'unknown',
    ...(typeof fields.triesLeft === 'number' && { triesLeft: fields.triesLeft }),
    ...(typeof fields.retryAtMs === 'number' && { retryAtMs: fields.retryAtMs }),
  }
}

/** A code that this version has no sentence for is spoken of as unknown; `t` answers the key itself then. */
export function errorSentence(t: Translate, error: unknown): string {
  const key = `error.${readFailure(error).code as ClientErrorCode}` as const
  const sentence = t(key)
  return sentence === key ? t('error.unknown') : sentence
}
