// One HTTP exchange with a register: mutual TLS, no redirects, a time limit on silence and on the whole, and a body
// that is stopped as soon as whoever reads it has had enough.
// Not concerned with trying again (retry.ts) nor with what is said.

import {
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as plain,
} from 'node:http'
import { Agent, request as secure } from 'node:https'
import { DirectoryError } from '../../errors.ts'

/** PEM texts. */
export interface TlsIdentity {
  readonly certificate?: string
  readonly key?: string
  readonly passphrase?: string
  readonly authority?: string
}

export interface WireOptions {
  readonly tls?: TlsIdentity
  /** the longest silence (30,000) */
  readonly silenceMs?: number
  /** the longest exchange with a body that is kept in memory (60,000) */
  readonly exchangeMs?: number
  /** plain HTTP beyond this machine: for a sandbox in a container network only */
  readonly allowPlainHttp?: boolean
}

export interface WireRequest {
  readonly method: 'GET' | 'POST'
  readonly url: URL
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal?: AbortSignal | undefined
}

export interface WireResponse {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: IncomingMessage
}

/** Reads a body as it arrives; throws to stop it. */
export interface BodyReader<T> {
  write(bytes: Uint8Array): void
  end(): T
}

export interface Wire {
  /** The answer's head; its body is for the caller to read or destroy. */
  open(request: WireRequest): Promise<WireResponse>
  /** The whole answer. */
  exchange<T>(request: WireRequest, reader: (status: number) => BodyReader<T>): Promise<T>
  close(): void
}

const DEFAULT_SILENCE_MS = 30_000
const DEFAULT_EXCHANGE_MS = 60_000

/** Both ways throw DirectoryError `source-unavailable`, `source-unauthorised`, or what the reader throws. */
export function createWire(options: WireOptions = {}): Wire {
  const { tls, silenceMs = DEFAULT_SILENCE_MS, exchangeMs = DEFAULT_EXCHANGE_MS } = options
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 8,
    minVersion: 'TLSv1.2',
    ...(tls?.certificate === undefined ? {} : { cert: tls.certificate }),
    ...(tls?.key === undefined ? {} : { key: tls.key }),
    ...(tls?.passphrase === undefined ? {} : { passphrase: tls.passphrase }),
    ...(tls?.authority === undefined ? {} : { ca: tls.authority }),
  })

  const open = (request: WireRequest): Promise<WireResponse> => {
    refusePlain(request.url, options.allowPlainHttp ?? false)
    const { method, url, headers = {}, signal, body } = request
    return new Promise((resolve, reject) => {
      const shared = { method, headers, ...(signal === undefined ? {} : { signal }) }
      const sent: ClientRequest =
        url.protocol === 'https:' ? secure(url, { ...shared, agent }) : plain(url, shared)
      sent.setTimeout(silenceMs, () => sent.destroy(unavailable('It was silent for too long.')))
      sent.on('error', (error) => reject(signal?.aborted ? signal.reason : toCoded(error)))
      sent.on('response', (response) =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: response }),
      )
      sent.end(body)
    })
  }

  const exchange = async <T>(request: WireRequest, reader: (status: number) => BodyReader<T>): Promise<T> => {
    const deadline = AbortSignal.timeout(exchangeMs)
    const signal = request.signal === undefined ? deadline : AbortSignal.any([deadline, request.signal])
    try {
      const response = await open({ ...request, signal })
      return await readAll(response, reader(response.status))
    } catch (error) {
      if (request.signal?.aborted) throw request.signal.reason
      if (deadline.aborted) throw unavailable('It took too long.')
      throw error
    }
  }

  return { open, exchange, close: () => agent.destroy() }
}

async function readAll<T>({ body }: WireResponse, reader: BodyReader<T>): Promise<T> {
  try {
    for await (const chunk of body) reader.write(chunk)
  } catch (error) {
    body.destroy()
    throw toCoded(error)
  }
  return reader.end()
}

/** Keeps a body of up to `maxBytes` as text. */
export function textReader(maxBytes: number): BodyReader<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  return {
    write(bytes) {
      length += bytes.length
      if (length > maxBytes)
        throw new DirectoryError('source-too-large', 'The answer is larger than any honest one.')
      chunks.push(bytes)
    },
    end: () => Buffer.concat(chunks).toString('utf8'),
  }
}

/** What the status alone says. 404 and 410 are left to the caller. */
export function refuseStatus(status: number): void {
  if (status === 401 || status === 403)
    throw new DirectoryError('source-unauthorised', 'The register refused our certificate or token.')
  if (status >= 500 || status === 408 || status === 429)
    throw unavailable(`It answered with status ${status}.`)
  if (status < 200 || status >= 300)
    throw new DirectoryError('source-refused', `The register answered with status ${status}.`)
}

function refusePlain(url: URL, allowPlainHttp: boolean): void {
  if (url.protocol === 'https:') return
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  if (url.protocol !== 'http:' || !(isHere || allowPlainHttp))
    throw new DirectoryError('source-refused', 'A register is reached over HTTPS only.')
}

/** The certificate of one side was refused: trying again does not help. */
const TLS_TROUBLE = /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/

/** Anything that breaks an exchange, without the address and the bytes that Node's errors quote. */
export function toCoded(error: unknown): unknown {
  if (error instanceof DirectoryError) return error
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  if (TLS_TROUBLE.test(code))
    return new DirectoryError('source-unauthorised', 'No trust between us and the register.', code)
  return code === '' ? error : unavailable('The connection failed.', code)
}

const unavailable = (why: string, detail?: string): DirectoryError =>
  new DirectoryError('source-unavailable', `The register cannot be reached. ${why}`, detail)
