/**
 * Serves the test page, built by Vite, under the app's content security policy; and a Chromium with a profile on
 * disk, which can be killed and started again.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import { build, type Rollup } from 'vite'
import { findChromium } from '../../../../test/chromium.ts'
import type { Pli } from '../../api.ts'

declare const pli: Pli

const POLICY = `default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'`
const HTML = '<!doctype html><script type="module" src="/page.js"></script>'

export function isChromiumHere(): boolean {
  try {
    findChromium()
    return true
  } catch {
    return false
  }
}

async function bundle(): Promise<Map<string, string | Uint8Array>> {
  const input = fileURLToPath(new URL('./chromium-page.ts', import.meta.url))
  const built = (await build({
    configFile: false,
    logLevel: 'error',
    worker: { format: 'es' },
    build: {
      write: false,
      target: 'es2023',
      modulePreload: false,
      rollupOptions: { input, output: { entryFileNames: 'page.js' } },
    },
  })) as Rollup.RollupOutput
  return new Map(
    built.output.map((file) => [`/${file.fileName}`, file.type === 'chunk' ? file.code : file.source]),
  )
}

export interface ServedApp {
  url: string
  close(): void
}

export async function serveApp(): Promise<ServedApp> {
  const files = await bundle()
  const server = createServer((request, response) => {
    const body = request.url === '/' ? HTML : files.get(request.url ?? '')
    response.writeHead(body === undefined ? 404 : 200, {
      'content-type': request.url === '/' ? 'text/html' : 'text/javascript',
      'content-security-policy': POLICY,
    })
    response.end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://localhost:${port}/`,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

export interface KillableChromium {
  /** Opens another tab on the app, once its `Pli` answers. */
  openTab(url: string): Promise<Page>
  /** As a power cut is, to the browser. */
  kill(): Promise<void>
  /** Starts again on the same profile. */
  start(): Promise<void>
  remove(): Promise<void>
}

export async function startChromium(): Promise<KillableChromium> {
  const profile = mkdtempSync(join(tmpdir(), 'pli-profile-'))
  let running: ChildProcess
  let context: BrowserContext
  const start = async () => {
    running = spawn(
      findChromium(),
      [
        '--headless=new',
        '--remote-debugging-port=0',
        `--user-data-dir=${profile}`,
        '--disable-gpu',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    )
    const browser = await chromium.connectOverCDP(await readEndpoint(running))
    const [existing] = browser.contexts()
    if (existing === undefined) throw new Error('Chromium opened no window')
    context = existing
  }
  const kill = async () => {
    const exited = once(running, 'exit')
    running.kill('SIGKILL')
    await exited
  }
  await start()
  return {
    start,
    kill,
    openTab: async (url) => {
      const page = await context.newPage()
      await page.goto(url)
      await page.evaluate(waitForAccounts)
      return page
    },
    remove: async () => {
      await kill()
      await removeFolder(profile)
    },
  }
}

/** What a killed browser's children still write may come between: then once more. */
async function removeFolder(folder: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      rmSync(folder, { recursive: true, force: true })
      return
    } catch (error) {
      if (attempt === 20) throw error
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
}

/** In the page. The policy forbids what Playwright's own waiting evaluates. */
function waitForAccounts(): Promise<void> {
  return new Promise((resolve) => {
    const look = () => pli.accounts.get() !== undefined && resolve()
    pli.accounts.subscribe(look)
    look()
  })
}

async function readEndpoint(browser: ChildProcess): Promise<string> {
  let said = ''
  for await (const chunk of browser.stderr ?? []) {
    said += chunk
    const endpoint = /ws:\/\/\S+/.exec(said)?.[0]
    if (endpoint !== undefined) return endpoint
  }
  throw new Error('Chromium did not start')
}
