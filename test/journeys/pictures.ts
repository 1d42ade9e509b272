/** Pictures of what a person sees at the moments that count, light and dark: artefacts for people, compared by no test. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'

export const PICTURES = fileURLToPath(new URL('../../artefacts/journeys', import.meta.url))

/** `name-light.png` and `name-dark.png`. The page goes back to light, whatever the person has chosen in the app. */
export async function takePictures(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.screenshot({ path: join(PICTURES, `${name}-${colorScheme}.png`), animations: 'disabled' })
  }
}

export async function takeFailurePicture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(PICTURES, `failed-${name}.png`), timeout: 5000 }).catch(() => undefined)
}
