/**
 * A page in Chromium with the cryptography in it, bundled as the apps are. Not concerned with what is done there.
 */
import { existsSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { build, type Rollup } from 'vite'
import { findChromium } from '../chromium.ts'

const ENTRY = fileURLToPath(new URL('../../crypto/src/testing/known-answers/browser.ts', import.meta.url))
const VECTORS = new URL('../../../shared/vectors/', import.meta.url)
// never reached: every request is answered here. https, since a browser has WebCrypto in a secure context alone
const ORIGIN = 'https://known-answers.test'
// generous: two busy cores
export const DEADLINE_MS = 300_000

export function isChromiumHere(): boolean {
  try {
    findChromium()
    return true
  } catch {
    return false
  }
}

export async function bundle(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    build: { write: false, minify: false, lib: { entry: ENTRY, formats: ['es'], fileName: 'checks' } },
  })
  const [{ output }] = built as [Rollup.RollupOutput]
  return output[0].code
}

/** @param script what `bundle` gave */
export async function openPage(browser: Browser, script: string): Promise<Page> {
  const page = await browser.newPage()
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
  return page
}
