// Sending an answer, whole or with the fault that was ordered for it.
// Not concerned with what the answer is.

import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { SOAP } from '../cobrha/addressbook/namespaces.ts'
import type { Fault } from './faults.ts'

export interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string
}

export const jsonAnswer = (status: number, value: unknown): Answer => ({
  status,
  type: 'application/json; charset=utf-8',
  body: JSON.stringify(value),
})

export async function send(response: ServerResponse, answer: Answer, fault?: Fault): Promise<void> {
  switch (fault?.kind) {
    case 'slow':
      await sleep(fault.delayMs, undefined, { ref: false })
      return sendWhole(response, answer)
    case 'error-500':
    case 'error-503':
      return sendWhole(response, { ...answer, status: Number(fault.kind.slice(-3)), body: 'sandbox fault' })
    case 'truncated':
      return sendWhole(response, { ...answer, body: answer.body.slice(0, answer.body.length / 2) })
    case 'cut-off':
      return cutOff(response, Buffer.from(answer.body), answer.type)
    case 'huge':
      response.writeHead(answer.status, { 'Content-Type': answer.type })
      // Whoever has read enough hangs up: that is no failure of ours.
      return pipeline(Readable.from(hugeBody(answer.body)), response).catch(() => undefined)
    case 'wrong-namespace':
    case 'entities':
    case 'deep':
    case 'not-xml':
      return sendWhole(response, { ...answer, body: SPOIL[fault.kind](answer.body) })
    default:
      return sendWhole(response, answer)
  }
}

/** Bytes as they come, as fast as they are taken; with `cut-off` only the first few, and then silence. */
export async function sendStream(
  response: ServerResponse,
  type: string,
  chunks: Iterable<Buffer>,
  fault?: Fault,
): Promise<void> {
  if (fault?.kind === 'error-500' || fault?.kind === 'error-503')
    return send(response, { status: 500, type: 'text/plain', body: '' }, fault)
  if (fault?.kind === 'cut-off' || fault?.kind === 'truncated') {
    const all = Buffer.concat([...chunks])
    return cutOff(response, all, type)
  }
  if (fault?.kind === 'slow') await sleep(fault.delayMs, undefined, { ref: false })
  response.writeHead(200, { 'Content-Type': type })
  await pipeline(Readable.from(chunks), response).catch(() => undefined)
}

function sendWhole(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) })
  response.end(body)
}

/** Half of it, once that is on its way. */
function cutOff(response: ServerResponse, body: Buffer, type: string): void {
  response.writeHead(200, { 'Content-Type': type, 'Content-Length': body.length })
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy())
}

const SPOIL: Readonly<Record<'wrong-namespace' | 'entities' | 'deep' | 'not-xml', (body: string) => string>> =
  {
    'wrong-namespace': (body) => body.replaceAll(':v1"', ':v9"'),
    entities: (body) =>
      `<!DOCTYPE bomb [<!ENTITY a "aaaaaaaaaa">${'bcdefghij'
        .split('')
        .map((name, at) => `<!ENTITY ${name} "${`&${'abcdefghi'[at]};`.repeat(10)}">`)
        .join('')}]>${body.replace(/<\?xml[^>]*\?>/, '').replace('</', '&j;</')}`,
    deep: () => `<soap:Envelope xmlns:soap="${SOAP}"><soap:Body>${'<a>'.repeat(100_000)}`,
    'not-xml': () => 'The service is being maintained. <br> & please come back.',
  }

const HUGE_BYTES = 100 * 1024 * 1024

function* hugeBody(body: string): Generator<Buffer> {
  const filling = Buffer.from(' '.repeat(64 * 1024))
  const end = body.lastIndexOf('</')
  yield Buffer.from(body.slice(0, end))
  for (let sent = 0; sent < HUGE_BYTES; sent += filling.length) yield filling
  yield Buffer.from(body.slice(end))
}
