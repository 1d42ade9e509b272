/**
 * Purpose: what a browser may do with anything the relay serves, and which app origins may call it.
 * Not concerned with the sandbox's login page, which sets a stricter policy of its own.
 */
import type { RequestHandler } from 'express'
import helmet from 'helmet'

export interface Origins {
  /** Where browsers reach the relay. */
  publicUrl: string
  /** Other origins that apps are served from. */
  appOrigins: readonly string[]
  /** Other origins that apps ask themselves: the relay is not to know what. */
  servicesOfDevices: readonly string[]
}

/** `'wasm-unsafe-eval'` is for Argon2 in the apps' workers; nothing is inline and nothing comes from elsewhere. */
export function createSecurityHeaders({ publicUrl, servicesOfDevices }: Origins): RequestHandler {
  const isHttps = publicUrl.startsWith('https://')
  const sockets = publicUrl.replace(/^http/, 'ws')
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'", "'wasm-unsafe-eval'"],
        workerSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'blob:', 'data:'],
        mediaSrc: ["'self'", 'blob:'],
        connectSrc: ["'self'", sockets, ...servicesOfDevices],
        manifestSrc: ["'self'"],
        fontSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: isHttps ? { maxAge: 31_536_000 } : false,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
  })
}

/** Apps on an origin of their own call with a bearer token, never with cookies. */
export function createCors({ appOrigins }: Origins): RequestHandler {
  const allowed = new Set(appOrigins)
  return (request, response, next) => {
    response.vary('Origin')
    const origin = request.headers.origin
    if (origin === undefined || !allowed.has(origin)) return next()
    response.setHeader('Access-Control-Allow-Origin', origin)
    response.setHeader('Access-Control-Expose-Headers', EXPOSED)
    // For another origin's `fetch`, which the same-origin resource policy would otherwise refuse.
    response.setHeader('Cross-Origin-Resource-Policy', 'cross-origin')
    const isPreflight = request.method === 'OPTIONS' && request.headers['access-control-request-method']
    if (!isPreflight) return next()
    response.setHeader('Access-Control-Allow-Methods', 'GET, HEAD, POST, PUT, PATCH, DELETE')
    response.setHeader('Access-Control-Allow-Headers', ALLOWED)
    response.setHeader('Access-Control-Max-Age', '600')
    response.status(204).end()
  }
}

const ALLOWED =
  'Authorization, Content-Type, Prefer, Range, Tus-Resumable, Upload-Length, Upload-Offset, Upload-Metadata'
const EXPOSED =
  'Retry-After, Location, Content-Range, Accept-Ranges, Tus-Resumable, Tus-Max-Size, Tus-Version, Upload-Length, Upload-Offset'
