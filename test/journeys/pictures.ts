/**
 * What a person sees at the moments that count, light and dark: a picture of it for people, compared by no test, and
 * what axe finds wrong with it for somebody who cannot see it.
 */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import AxeBuilder from '@axe-core/playwright'
import type { Page } from 'playwright-core'

export const PICTURES = fileURLToPath(new URL('../../artefacts/journeys', import.meta.url))

/**
 * Makes `name-light.png` and `name-dark.png`, and returns what axe finds, a line each. Afterwards the page is in the
 * light again, whatever the person has chosen in the app.
 */
export async function lookAt(page: Page, name: string): Promise<string[]> {
  const violations: string[] = []
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.screenshot({ path: join(PICTURES, `${name}-${colorScheme}.png`), animations: 'disabled' })
    // The legacy mode needs no second tab, which would take the focus away from this one.
    const found = await new AxeBuilder({ page }).setLegacyMode(true).analyze()
    for (const { id, nodes } of found.violations)
      violations.push(
        `${name}, ${colorScheme}: ${id}: ${nodes.map(({ target }) => target.join(' ')).join(' | ')}`,
      )
  }
  return violations
}

export async function takeFailurePicture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(PICTURES, `failed-${name}.png`), timeout: 5000 }).catch(() => undefined)
}
