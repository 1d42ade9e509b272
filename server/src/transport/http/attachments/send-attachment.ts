/** Answers a download: whole, or the one range that was asked for (RFC 9110, section 14). */
import { pipeline } from 'node:stream/promises'
import type { Request, Response } from 'express'
import type { Attachments } from '../../../domain/attachments/attachments.ts'
import type { StoredAttachment } from '../../../storage/interfaces.ts'

export async function sendAttachment(
  request: Request,
  response: Response,
  attachments: Attachments,
  { attachmentId, sizeBytes }: StoredAttachment,
): Promise<void> {
  // What an id names never changes.
  const etag = `"${attachmentId}"`
  response.set({
    'Content-Type': 'application/octet-stream',
    'Content-Disposition': 'attachment',
    'Accept-Ranges': 'bytes',
    ETag: etag,
  })
  if (request.fresh) {
    response.status(304).end()
    return
  }
  const range = askedRange(request, etag, sizeBytes)
  if (range === 'unsatisfiable') {
    response.set('Content-Range', `bytes */${sizeBytes}`).status(416).json({ ok: false, code: 'bad_request' })
    return
  }
  const { start, end } = range ?? { start: 0, end: sizeBytes - 1 }
  const bytes = await attachments.read(attachmentId, { start, end })
  response.set('Content-Length', String(end - start + 1))
  if (range) response.status(206).set('Content-Range', `bytes ${start}-${end}/${sizeBytes}`)
  // A reader that went away needs no answer; one whose answer breaks off sees its connection end.
  await pipeline(bytes, response).catch(() => response.destroy())
}

/** Undefined: all of it. More ranges than one are answered with all, as the RFC allows. */
function askedRange(
  request: Request,
  etag: string,
  sizeBytes: number,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const condition = request.headers['if-range']
  if (condition !== undefined && condition !== etag) return undefined
  const ranges = request.range(sizeBytes, { combine: true })
  if (ranges === -1) return 'unsatisfiable'
  if (ranges === undefined || ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1)
    return undefined
  return ranges[0]
}
