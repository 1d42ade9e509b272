/**
 * A device's clock that can be set forward, in the page and in the messenger's worker alike: waits of minutes and hours
 * become journeys of seconds. Not concerned with timers, which run as ever.
 */
import type { BrowserContext, Page } from 'playwright-core'

/** Runs before anything else in a page or worker. */
const SHIFTABLE = `{
  const trueNow = Date.now.bind(Date)
  globalThis.clockShiftMs = 0
  Date.now = () => trueNow() + globalThis.clockShiftMs
};`

declare global {
  var clockShiftMs: number
}

/** A page forgets what it was set forward by when it is loaded anew. */
export async function installClock(context: BrowserContext): Promise<void> {
  await context.addInitScript(SHIFTABLE)
  await context.route(/\/worker[^/]*\.js$/, async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, body: SHIFTABLE + (await response.text()) })
  })
}

export async function setForward(page: Page, byMs: number): Promise<void> {
  const shift = (ms: number) => {
    globalThis.clockShiftMs += ms
  }
  await page.evaluate(shift, byMs)
  for (const worker of page.workers()) await worker.evaluate(shift, byMs)
}
