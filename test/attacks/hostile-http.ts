/** The HTTP half of the hostile relay: passes requests on to the real one, and lets a test answer in its place. */
import type { IncomingMessage, ServerResponse } from 'node:http'

export interface HttpRequest {
  method: string
  /** Path and query. */
  path: string
  token: string | undefined
  headers: Record<string, string>
  body: Buffer
}

export interface HttpAnswer {
  status: number
  headers: Record<string, string>
  body: Buffer
}

/** What a test makes of a request: an answer, or a piece of bad behaviour on the bare response. */
export type HttpAttack = (
  request: HttpRequest,
  pass: () => Promise<HttpAnswer>,
) => Promise<HttpAnswer | ((response: ServerResponse) => void)>

const HOP_HEADERS = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'host',
  'keep-alive',
  'transfer-encoding',
])

export async function readRequest(request: IncomingMessage): Promise<HttpRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(request.headers)) {
    if (typeof value === 'string' && !HOP_HEADERS.has(name)) headers[name] = value
  }
  return {
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    token: headers.authorization?.replace(/^Bearer /, ''),
    headers,
    body: Buffer.concat(chunks),
  }
}

/** Asks the real relay; addresses in its answer are made to point at the hostile one. */
export async function passOn(request: HttpRequest, realUrl: string, ownUrl: string): Promise<HttpAnswer> {
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD'
  const answer = await fetch(realUrl + request.path, {
    method: request.method,
    headers: request.headers,
    ...(hasBody ? { body: Uint8Array.from(request.body) } : {}),
  })
  const headers: Record<string, string> = {}
  for (const [name, value] of answer.headers) {
    if (!HOP_HEADERS.has(name)) headers[name] = value.replace(realUrl, ownUrl)
  }
  return { status: answer.status, headers, body: Buffer.from(await answer.arrayBuffer()) }
}

export function respond(response: ServerResponse, { status, headers, body }: HttpAnswer): void {
  // A HEAD has none, and says nothing about the length of what it would have been.
  response.writeHead(status, headers)
  response.end(body)
}

/** An honest answer's value, changed. */
export function changed<T>(answer: HttpAnswer, change: (value: T) => unknown): HttpAnswer {
  const parsed = JSON.parse(answer.body.toString()) as { ok: boolean; value?: T }
  if (!parsed.ok) return answer
  return { ...answer, body: Buffer.from(JSON.stringify({ ok: true, value: change(parsed.value as T) })) }
}

export function json(body: unknown, status = 200): HttpAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(body)) }
}
