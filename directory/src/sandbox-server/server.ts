// The sandbox's CoBRHA as a server: one port for the AddressBook, the register's REST side and the orders.
// Not concerned with what is answered (routes.ts). For trying and testing only: whoever reaches it may order anything.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { createFaults } from './faults.ts'
import { createFeed } from './feed.ts'
import { createRegister, type RegisterSize } from './register.ts'
import { jsonAnswer, send, sendStream } from './reply.ts'
import { route, type Sandbox } from './routes.ts'

export interface SandboxServerOptions extends RegisterSize {
  /** 127.0.0.1 */
  readonly host?: string
  /** 0: any that is free */
  readonly port?: number
  /** PEM texts; with `clientAuthority` a client must show a certificate of it */
  readonly tls?: { readonly certificate: string; readonly key: string; readonly clientAuthority?: string }
  /** refuses SOAP requests without an assertion in their security header */
  readonly needsSaml?: boolean
}

export interface SandboxServer {
  readonly port: number
  /** `http://127.0.0.1:port`, without a slash at the end */
  readonly url: string
  readonly generatedPeople: number
  readonly generatedRoles: number
  close(): Promise<void>
}

const MAX_BODY_BYTES = 1024 * 1024

export async function startSandboxServer(options: SandboxServerOptions): Promise<SandboxServer> {
  const { host = '127.0.0.1', port = 0, tls } = options
  const sandbox: Sandbox = {
    register: createRegister(options),
    feed: createFeed(),
    faults: createFaults(),
    needsSaml: options.needsSaml ?? false,
  }
  const answer = (request: IncomingMessage, response: ServerResponse): void => {
    answerOne(sandbox, request, response).catch(() => response.destroy())
  }
  const server =
    tls === undefined
      ? createServer(answer)
      : createSecureServer(
          {
            cert: tls.certificate,
            key: tls.key,
            ...(tls.clientAuthority === undefined ? {} : { ca: tls.clientAuthority, requestCert: true }),
          },
          answer,
        )
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const bound = (server.address() as AddressInfo).port
  return {
    port: bound,
    url: `${tls === undefined ? 'http' : 'https'}://${host}:${bound}`,
    generatedPeople: sandbox.register.generatedPeople,
    generatedRoles: sandbox.register.generatedRoles,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answerOne(
  sandbox: Sandbox,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await readBody(request)
  if (body === undefined) return send(response, jsonAnswer(413, { error: 'too large' }))
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://sandbox')
  const { face, answer } = route(sandbox, {
    method: request.method ?? '',
    path: pathname,
    query: searchParams,
    soapAction: header(request, 'soapaction'),
    body,
  })
  const fault = face && sandbox.faults.take(face, header(request, 'x-sandbox-fault'))
  if ('chunks' in answer) return sendStream(response, answer.type, answer.chunks, fault)
  return send(response, answer, fault)
}

async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    length += chunk.length
    if (length > MAX_BODY_BYTES) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}
