/**
 * Purpose: the one shape of every HTTP answer, the status that goes with each code, and the one error handler.
 * Not concerned with what is asked.
 */
import type { WireErrorCode } from '@pli/protocol/wire'
import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express'
import { z } from 'zod'
import { RelayError, refusalOf, whereIn } from '../../errors.ts'
import type { Log } from '../../log.ts'

const statusOf: Record<WireErrorCode, number> = {
  bad_request: 400,
  too_large: 413,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  not_reachable: 404,
  device_mismatch: 409,
  device_exists: 409,
  device_revoked: 401,
  proof_required: 403,
  proof_mismatch: 403,
  licence_inactive: 403,
  ticket_invalid: 401,
  code_invalid: 401,
  password_invalid: 401,
  guarantor_full: 409,
  bad_signature: 400,
  bad_key: 400,
  too_many_keys: 400,
  queue_full: 429,
  rate_limited: 429,
  conflict: 409,
  push_refused: 400,
  sign_in_refused: 403,
  unavailable: 503,
  internal: 500,
}

/** For answers that are not given here. */
export function statusFor(code: WireErrorCode): number {
  return statusOf[code]
}

/** The answer to a request that has none of its own. */
export const nothing = z.object({})

/** Answers with what `work` returns, encoded by `schema`: bytes become base64url, unknown fields are dropped. */
export function answering<Schema extends z.ZodType>(
  schema: Schema,
  work: (request: Request, response: Response) => Promise<z.output<Schema>> | z.output<Schema>,
): RequestHandler {
  return async (request, response) => {
    const value = await work(request, response)
    response.json({ ok: true, value: z.encode(schema, value) })
  }
}

/** Parses what a client sent. Throws RelayError `bad_request`, which says nothing of the content. */
export function parse<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input)
  if (!parsed.success) throw new RelayError('bad_request', 'malformed request')
  return parsed.data
}

export const notFound: RequestHandler = () => {
  throw new RelayError('not_found')
}

/** Every error ends here. The log gets codes and where it happened in our code, never a message of a client's making. */
export function createErrorHandler(log: Log): ErrorRequestHandler {
  return (thrown: unknown, request, response, next) => {
    const error = fromBodyParser(thrown)
    const refusal = refusalOf(error)
    if (refusal.code === 'internal') {
      log.error({ method: request.method, route: routeOf(request), at: whereIn(error) }, 'a request failed')
    }
    if (response.headersSent) return next(error)
    if (refusal.retryAfterMs !== undefined) {
      response.setHeader('Retry-After', Math.ceil(refusal.retryAfterMs / 1000))
    }
    response.status(statusOf[refusal.code]).json(refusal)
  }
}

/** The pattern, never the path: a path names accounts and people. */
export function routeOf(request: Request): string {
  const route: unknown = request.route
  if (typeof route === 'object' && route !== null && 'path' in route) return String(route.path)
  return 'unrouted'
}

/** Express and its body parsers say by `status` what was wrong with a request. */
function fromBodyParser(thrown: unknown): unknown {
  if (thrown instanceof RelayError || !(thrown instanceof Error) || !('status' in thrown)) return thrown
  if (thrown.status === 413) return new RelayError('too_large')
  if (thrown.status === 404) return new RelayError('not_found')
  const isClients = typeof thrown.status === 'number' && thrown.status >= 400 && thrown.status < 500
  return isClients ? new RelayError('bad_request') : thrown
}
