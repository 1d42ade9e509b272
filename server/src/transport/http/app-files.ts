/**
 * Purpose: serves the built apps: the desktop app at `/`, the phone app at `/phone/`. In production they may live on
 * an origin of their own. Not concerned with building them.
 */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import express, { type Response, Router } from 'express'

const YEAR_SECONDS = 365 * 24 * 3600

/** What the bundler names by content: `name-8charhash.ext`. */
const HASHED = /-[A-Za-z0-9_-]{8,}\.[a-z0-9]+$/

interface Folders {
  webDist: string | undefined
  phoneDist: string | undefined
}

export function createAppRoutes({ webDist, phoneDist }: Folders): Router {
  // Strict, so that `/phone` and `/phone/` are two things.
  const router = Router({ strict: true })
  if (phoneDist !== undefined) {
    router.get('/phone', (_request, response) => response.redirect(308, '/phone/'))
    router.use('/phone', createApp(phoneDist))
  }
  if (webDist !== undefined) router.use('/', createApp(webDist))
  return router
}

/** Files as they are; any other path that a person may have typed or reloaded is the app's own, so it gets the app. */
function createApp(dist: string): Router {
  const router = Router()
  router.use(
    express.static(dist, {
      index: 'index.html',
      redirect: false,
      dotfiles: 'ignore',
      cacheControl: false,
      setHeaders,
    }),
  )
  router.get('/{*path}', async (request, response, next) => {
    const index = join(dist, 'index.html')
    const isPage = request.accepts('html') !== false && !basename(request.path).includes('.')
    if (!isPage || !(await isFile(index))) return next()
    setHeaders(response, index)
    response.type('html')
    createReadStream(index).pipe(response)
  })
  return router
}

/** What the bundler named by its content never changes; the rest is asked for again each time. */
function setHeaders(response: Response, path: string): void {
  const isHashed = HASHED.test(basename(path)) && path.includes('assets')
  response.setHeader('Cache-Control', isHashed ? `public, max-age=${YEAR_SECONDS}, immutable` : 'no-cache')
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}
