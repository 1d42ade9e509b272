/**
 * A push service on this machine, over TLS, that keeps what it was sent and answers as it is told.
 * The key and certificate are for tests alone and certify nothing but localhost.
 */

import type { IncomingHttpHeaders } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'

export const pushServiceKey = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg93cwibvyeVDGL+Lc
XuKcRIqYZFcdKrZU1LsCzRwmXP6hRANCAAQFWMwG4yZCE/S8eXrgbY+qYO1P1LL9
0JMtrmYpTaPkcL6UcwJXhFqtSy91oIoEJAMDmpdWIm0QdXzJL+bp5sHb
-----END PRIVATE KEY-----`

export const pushServiceCertificate = `-----BEGIN CERTIFICATE-----
MIIBnDCCAUGgAwIBAgIUWxk9Z5eQs4hX89b8kjDdkfcNfUEwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJcHVzaC50ZXN0MCAXDTI2MTEyMTIxNDYwOFoYDzIxMjYxMDI4
MjE0NjA4WjAUMRIwEAYDVQQDDAlwdXNoLnRlc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAQFWMwG4yZCE/S8eXrgbY+qYO1P1LL90JMtrmYpTaPkcL6UcwJXhFqt
Sy91oIoEJAMDmpdWIm0QdXzJL+bp5sHbo28wbTAdBgNVHQ4EFgQUaF1yl4bCijtP
A9MUmm7rEszM+QgwHwYDVR0jBBgwFoAUaF1yl4bCijtPA9MUmm7rEszM+QgwDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSQAwRgIhANMPPcaqDpV94lVLydI29DnJg7VUK1EZhbE4c1vloQpAAiEA
hNb7QCa4NgPWS95S14fUq+c7eUBQCFVYNsGs7/7/Ilk=
-----END CERTIFICATE-----`

export interface ReceivedPush {
  path: string
  headers: IncomingHttpHeaders
  body: string
}

export interface PushService {
  /** `localhost:port` */
  readonly host: string
  readonly received: ReceivedPush[]
  /** What the next pushes are answered with. */
  answer: { status: number; headers?: Record<string, string> }
  close(): Promise<void>
}

export async function startPushService(): Promise<PushService> {
  const received: ReceivedPush[] = []
  const server = createServer({ key: pushServiceKey, cert: pushServiceCertificate }, (request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += String(chunk)
    })
    request.on('end', () => {
      received.push({ path: request.url ?? '', headers: request.headers, body })
      response.writeHead(service.answer.status, service.answer.headers)
      response.end('a body that nobody reads')
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const service: PushService = {
    host: `localhost:${(server.address() as AddressInfo).port}`,
    received,
    answer: { status: 201 },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return service
}
