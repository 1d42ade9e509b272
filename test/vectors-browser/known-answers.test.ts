/**
 * The published answers and the round trips in Chromium: the same checks as `crypto/src/known-answers.test.ts` runs in Node,
 * bundled as the apps are and run where the apps run, so that a browser's own cryptography is held to them too.
 *
 * Without a Chromium it is skipped: the journeys say how to get one.
 * Not concerned with what the checks are: see `crypto/src/testing/known-answers/`.
 */
import { existsSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { build, type Rollup } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findChromium, launchChromium } from '../chromium.ts'

const ENTRY = fileURLToPath(new URL('../../crypto/src/testing/known-answers/browser.ts', import.meta.url))
const VECTORS = new URL('../../../shared/vectors/', import.meta.url)
// never reached: every request is answered here. https, since a browser has WebCrypto in a secure context alone
const ORIGIN = 'https://known-answers.test'
// generous: two busy cores
const DEADLINE_MS = 300_000

interface Report {
  readonly secureContext: boolean
  readonly x25519: string
  readonly results: readonly {
    readonly name: string
    readonly outcome: string
    readonly reason?: string
  }[]
}

function isChromiumHere(): boolean {
  try {
    findChromium()
    return true
  } catch {
    return false
  }
}

async function bundle(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, minify: false, lib: { entry: ENTRY, formats: ['es'], fileName: 'checks' } },
  })
  const [{ output }] = built as [Rollup.RollupOutput]
  return output[0].code
}

async function runInPage(launched: Browser, script: string): Promise<Report> {
  const page = await launched.newPage()
  await page.route(`${ORIGIN}/**`, async (route) => {
    const path = new URL(route.request().url()).pathname
    if (path === '/')
      return route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>.</title>' })
    const file = new URL(basename(path), VECTORS)
    if (!path.startsWith('/shared/') || !existsSync(file)) return route.fulfill({ status: 404, body: '' })
    return route.fulfill({ contentType: 'application/json', body: readFileSync(file) })
  })
  await page.goto(`${ORIGIN}/`)
  await page.addScriptTag({ type: 'module', content: script })
  await page.waitForFunction('typeof runKnownAnswers === "function"', undefined, { timeout: DEADLINE_MS })
  return page.evaluate('runKnownAnswers()') as Promise<Report>
}

describe.skipIf(!isChromiumHere())('published answers and round trips', () => {
  let browser: Browser
  let script: string

  beforeAll(async () => {
    script = await bundle()
    browser = await launchChromium()
  }, DEADLINE_MS)

  afterAll(async () => {
    await browser?.close()
  })

  it(
    'hold in Chromium',
    async () => {
      const { secureContext, x25519, results } = await runInPage(browser, script)
      expect(secureContext).toBe(true)
      // Chromium has had X25519 since version 133
      expect(x25519).toBe('webcrypto')
      const failed = results.filter(({ outcome }) => outcome === 'failed')
      expect(failed).toEqual([])
      const absent = results.filter(({ outcome }) => outcome === 'absent')
      if (absent.length > 0)
        console.warn(`${absent.length} checks were skipped: ../shared/vectors is absent.`)
      expect(results.length - absent.length).toBeGreaterThanOrEqual(19)
    },
    DEADLINE_MS,
  )
})
