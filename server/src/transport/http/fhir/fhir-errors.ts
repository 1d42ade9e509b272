/** What goes wrong under `/fhir`, as an OperationOutcome. Not concerned with searches that are refused for what they ask. */
import { DirectoryError } from '@pli/directory'
import { type OperationOutcome, toOutcome } from '@pli/directory/fhir'
import type { WireErrorCode } from '@pli/protocol/wire'
import type { ErrorRequestHandler, Response } from 'express'
import { refusalOf } from '../../../errors.ts'
import type { Log } from '../../../log.ts'

type Issue = OperationOutcome['issue'][number]['code']

/** What the parts that a directory route passes may say; anything else is our fault. */
const answers: Partial<Record<WireErrorCode, [status: number, issue: Issue, text: string]>> = {
  unauthenticated: [401, 'login', 'A token of a device or of a sign-in is needed.'],
  device_revoked: [401, 'login', 'This device was removed.'],
  licence_inactive: [403, 'security', 'Who may not practise may not ask.'],
  not_found: [403, 'security', 'Who is not in the register may not ask.'],
  rate_limited: [429, 'throttled', 'Too many questions: come back later.'],
  unavailable: [503, 'transient', 'The directory does not answer now.'],
}

export function createFhirErrorHandler(
  log: Log,
  send: (response: Response, status: number, body: object) => void,
): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) return next(error)
    if (isClients(error)) {
      return send(response, 400, toOutcome('error', 'invalid', 'The question is malformed or too long.'))
    }
    const { code, retryAfterMs } = refusalOf(error)
    const [status, issue, text] = answers[code] ?? [500, 'exception', 'The directory failed at this.']
    if (status === 500)
      log.error({ at: error instanceof Error ? error.name : typeof error }, 'a FHIR request failed')
    if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer')
    if (retryAfterMs !== undefined) response.setHeader('Retry-After', Math.ceil(retryAfterMs / 1000))
    send(response, status, toOutcome('error', issue, text))
  }
}

/** Out of the directory's bounds, or a path that Express cannot read. */
function isClients(error: unknown): boolean {
  if (error instanceof DirectoryError) return ['query-too-long', 'paging-out-of-range'].includes(error.code)
  return error instanceof Error && 'status' in error && error.status === 400
}
