/** One preview for the tests of a file, a fresh page for each `open`, all closed after each test. */
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { openPreview, type Preview } from './open-preview.ts'

export function withPreview(): (query: string) => Promise<Page> {
  let preview: Preview
  const opened: Page[] = []
  beforeAll(async () => {
    preview = await openPreview()
  })
  afterEach(async () => {
    for (const page of opened.splice(0)) await page.context().close()
  })
  afterAll(() => preview.close())
  return async (query) => {
    const page = await preview.open(query)
    opened.push(page)
    return page
  }
}

interface Recorded {
  pli: { messenger(localId: string): { calls: { name: string; args: unknown[] }[] } }
}

/** What the screens asked of the messenger, by the name of the call: its arguments each time. */
export function calls(page: Page, name: string): Promise<unknown[][]> {
  return page.evaluate((asked) => {
    const { pli } = window as unknown as Recorded
    const all = pli.messenger('local-1').calls
    return all.filter((call) => call.name === asked).map((call) => call.args)
  }, name)
}
