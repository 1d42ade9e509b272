/** The preview in a real browser, for tests: one build, one server, one Chromium, a fresh page for each screen. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { build, preview } from 'vite'
import { chromiumArguments, chromiumPath } from './chromium.ts'

export interface Preview {
  /** `query` as in `main.tsx`: `screen=inbox&form=desk`. */
  open(query: string): Promise<Page>
  close(): Promise<void>
}

const sizes = { phone: { width: 390, height: 844 }, desk: { width: 1440, height: 900 } }

export async function openPreview(): Promise<Preview> {
  // Bundled once: a hundred modules for each of a hundred pages is what would take the time. React stays its
  // development self, which mounts everything twice.
  const outDir = mkdtempSync(join(tmpdir(), 'pli-preview-'))
  const common = {
    configFile: new URL('vite.config.ts', import.meta.url).pathname,
    logLevel: 'error' as const,
  }
  await build({
    ...common,
    mode: 'development',
    define: { 'process.env.NODE_ENV': '"development"' },
    build: { outDir, emptyOutDir: true, minify: false, sourcemap: false },
  })
  const server = await preview({ ...common, build: { outDir }, preview: { port: 0, host: '127.0.0.1' } })
  const base = server.resolvedUrls?.local[0] ?? ''
  const browser: Browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: chromiumArguments(),
  })
  return {
    async open(query) {
      const size = query.includes('form=desk') ? sizes.desk : sizes.phone
      // Of its own: nothing that one page keeps is seen by the next.
      const context = await browser.newContext({
        viewport: size,
        locale: 'fr-BE',
        reducedMotion: 'reduce',
        permissions: ['clipboard-read', 'clipboard-write'],
      })
      const page = await context.newPage()
      page.setDefaultTimeout(20_000)
      await page.goto(`${base}?${query}`)
      await page.waitForSelector('.screen')
      return page
    },
    async close() {
      await browser.close()
      await server.close()
      rmSync(outDir, { recursive: true, force: true })
    },
  }
}
