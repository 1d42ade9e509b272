/**
 * Purpose: resumable upload (tus 1.0) and ranged download of attachments, for devices only.
 * Not concerned with what is in them: octets, already encrypted.
 */
import { randomBytes } from 'node:crypto'
import { attachmentId, limits, routes, type WireErrorCode } from '@pli/protocol/wire'
import { Server as TusServer } from '@tus/server'
import { type Request, type RequestHandler, type Response, Router } from 'express'
import type { Attachments } from '../../../domain/attachments/attachments.ts'
import { RelayError } from '../../../errors.ts'
import { parse, statusFor } from '../answers.ts'
import type { Authentication } from '../authentication.ts'
import type { RateLimits } from '../rate-limits.ts'
import { sendAttachment } from './send-attachment.ts'
import { AttachmentTusStore } from './tus-store.ts'

interface Parts {
  attachments: Attachments
  authentication: Authentication
  rateLimits: RateLimits
  appOrigins: readonly string[]
}

const MEBIBYTE = 1024 * 1024

export function createAttachmentRoutes({
  attachments,
  authentication,
  rateLimits,
  appOrigins,
}: Parts): Router {
  const tus = new TusServer({
    path: routes.attachments,
    datastore: new AttachmentTusStore(attachments),
    maxSize: limits.attachmentBytes,
    namingFunction: () => randomBytes(16).toString('hex'),
    // A path, not an address: it holds behind any proxy.
    generateUrl: (_request, { id }) => routes.attachment(id),
    allowedOrigins: (origin) => appOrigins.includes(origin),
    onResponseError: (_request, error) => tellFailure(error),
  })
  const handle: RequestHandler = (request, response) => tus.handle(request, response)
  const router = Router()

  router.options([routes.attachments, routes.attachment(':attachmentId')], handle)
  router.post(routes.attachments, async (request, response) => {
    const { accountId } = await authentication.device(request)
    const sizeBytes = announcedBytes(request)
    await rateLimits.spend('accountAttachment', accountId)
    await rateLimits.spend('accountAttachmentMebibytes', accountId, Math.ceil(sizeBytes / MEBIBYTE))
    await tus.handle(request, response)
  })
  router.route(routes.attachment(':attachmentId')).head(guard).patch(guard).get(download)

  async function guard(request: Request, response: Response): Promise<void> {
    await authentication.device(request)
    const id = parse(attachmentId, request.params.attachmentId)
    const known = await attachments.find(id, Date.now())
    if (known === undefined) throw new RelayError('not_found')
    await tus.handle(request, response)
  }

  async function download(request: Request, response: Response): Promise<void> {
    await authentication.device(request)
    const id = parse(attachmentId, request.params.attachmentId)
    const known = await attachments.find(id, Date.now())
    // Settled already, unless the relay crashed between the last byte and its record.
    if (known === undefined || !(await attachments.settle(id))) throw new RelayError('not_found')
    await sendAttachment(request, response, attachments, known)
  }
  return router
}

/** Throws RelayError `too_large`, or `bad_request` without a length. */
function announcedBytes(request: Request): number {
  const length = request.headers['upload-length']
  if (typeof length !== 'string' || !/^\d{1,15}$/.test(length) || Number(length) === 0) {
    throw new RelayError('bad_request', 'no upload length')
  }
  if (Number(length) > limits.attachmentBytes) throw new RelayError('too_large')
  return Number(length)
}

const codeOfStatus: Record<number, WireErrorCode> = {
  403: 'not_found',
  404: 'not_found',
  409: 'conflict',
  410: 'not_found',
  413: 'too_large',
  423: 'unavailable',
}

/** tus's own statuses, which its clients act on, with the contract's body. */
function tellFailure(error: Error | { status_code: number; body: string }): {
  status_code: number
  body: string
} {
  if (error instanceof RelayError) {
    const { code } = error
    return { status_code: statusFor(code), body: JSON.stringify({ ok: false, code }) }
  }
  const status = 'status_code' in error ? error.status_code : 500
  const code = codeOfStatus[status] ?? (status < 500 ? 'bad_request' : 'internal')
  return { status_code: status, body: JSON.stringify({ ok: false, code }) }
}
