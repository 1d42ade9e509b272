/** This implementation in Chromium: bundles it, serves it to a page of its own and asks a worker there. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { launchChromium } from '../../test/chromium.ts'
import { bundle } from './bundle.ts'
import type { Question } from './chromium-worker.ts'
import type { SealFixture, Subject } from './subject.ts'

export interface ChromiumSubject extends Subject {
  readonly version: string
  stop(): Promise<void>
}

export async function startChromium(fixture: SealFixture): Promise<ChromiumSubject> {
  const script = await bundle('chromium-worker.ts')
  const browser = await launchChromium()
  const server = await serve(script)
  const stop = async () => {
    await browser.close()
    server.close()
  }
  try {
    const page = await browser.newPage()
    await page.goto(`http://localhost:${(server.address() as AddressInfo).port}/`)
    const keyAgreement = String(await ask(page, { ask: 'start', fixture }))
    return {
      name: 'ours-chromium',
      keyAgreement,
      version: browser.version(),
      measure: (metric, durationMs) => ask(page, { ask: 'measure', metric, durationMs }) as Promise<number>,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

async function ask(page: Page, question: Question): Promise<unknown> {
  // the page keeps one worker for all questions
  return page.evaluate(async (asked) => {
    const held = globalThis as { worker?: Worker }
    held.worker ??= new Worker('/worker.js', { type: 'module' })
    const { worker } = held
    return new Promise((resolve, reject) => {
      worker.onerror = () => reject(new Error('the worker failed'))
      worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data.value))
      worker.postMessage(asked)
    })
  }, question)
}

// a page of localhost is a secure context: WebCrypto is there
async function serve(script: string): Promise<Server> {
  const server = createServer((request, response) => {
    const isScript = request.url === '/worker.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? script : '<!doctype html><title>bench</title>')
  })
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve))
  return server
}
