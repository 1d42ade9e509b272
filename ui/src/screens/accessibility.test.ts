// Every screen and state through axe, in both themes, and at the widths and sizes people really use.
import AxeBuilder from '@axe-core/playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPreview, type Preview } from '../../preview/open-preview.ts'

let preview: Preview
beforeAll(async () => {
  preview = await openPreview()
})
afterAll(() => preview.close())

const pierre = 'with=00000000-0000-4000-8000-000000000004'
const pages = [
  'screen=inbox',
  'screen=inbox&state=offline',
  'screen=inbox&state=asked',
  'screen=inbox&state=empty',
  `screen=conversation&${pierre}`,
  'screen=conversation&state=key',
  'screen=conversation&with=00000000-0000-4000-8000-000000009999',
  'screen=person',
  'screen=new',
  'screen=settings',
  'screen=lock&state=lastTries',
  'screen=lock&state=several',
  'screen=onboarding',
  'screen=onboarding&state=existing#ticket=preview',
  'screen=onboarding&state=here#ticket=preview',
  'screen=onboarding&state=pending',
  'screen=onboarding&state=refused',
  `screen=conversation&form=desk&${pierre}`,
  'screen=directory&form=desk',
  'screen=settings&form=desk',
]

describe.each(['light', 'dark'])('in %s', (theme) => {
  it.each(pages)('axe finds nothing: %s', async (query) => {
    const [path, hash = ''] = query.split('#')
    const page = await preview.open(`${path}&theme=${theme}#${hash}`)
    try {
      if (query.includes('new') || query.includes('directory')) {
        await page.getByRole('combobox').first().fill('lemaire')
        await page.getByRole('option').first().waitFor()
      }
      // Every bubble with its way and its actions.
      await page.evaluate(() => {
        for (const more of document.querySelectorAll<HTMLElement>('.bubble__more')) more.click()
      })
      await page.waitForTimeout(300)
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(violations.map(({ id, nodes }) => ({ id, nodes: nodes.map((node) => node.html) }))).toEqual([])
    } finally {
      await page.context().close()
    }
  })
})

describe('what opens over a screen', () => {
  it.each([
    ['screen=settings', 'Changer le code'],
    ['screen=settings', 'Choisir un mot de passe'],
    ['screen=settings', 'Se déconnecter et effacer cet appareil'],
    ['screen=person', 'Scanner le sien'],
    ['screen=conversation&with=00000000-0000-4000-8000-000000000002', 'Ouvrir la photo'],
    ['screen=inbox&state=asked', 'Accepter Aurore Desplechin-Vermeulen'],
    ['screen=inbox&state=asked', 'Refuser Aurore Desplechin-Vermeulen'],
    ['screen=settings&state=asked', 'Ne plus répondre de Océane Vanderstichelen'],
  ])('has a name, is left with Escape, and axe finds nothing: %s, %s', async (query, name) => {
    const page = await preview.open(query)
    try {
      await page.getByRole('button', { name }).first().click()
      const dialog = page.getByRole('dialog')
      await dialog.waitFor()
      await page.waitForTimeout(300)
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(violations.map(({ id, nodes }) => ({ id, nodes: nodes.map((node) => node.html) }))).toEqual([])
      await page.keyboard.press('Escape')
      await dialog.waitFor({ state: 'hidden' })
    } finally {
      await page.context().close()
    }
  })
})

describe('nothing leaves the screen sideways', () => {
  it.each([
    ['320 px wide', 320, 1, 'fr'],
    ['320 px wide, in the longest words', 320, 1, 'de'],
    ['with letters twice as large', 390, 2, 'nl'],
  ])('%s', async (_, width, letters, language) => {
    for (const query of [
      'screen=inbox',
      'screen=inbox&state=asked',
      'screen=onboarding&state=pending',
      `screen=conversation&${pierre}`,
      'screen=conversation&state=key',
      'screen=person',
      'screen=settings',
      'screen=lock&state=lastTries',
      'screen=onboarding&state=existing#ticket=preview',
    ]) {
      const [path, hash = ''] = query.split('#')
      const page = await preview.open(`${path}&language=${language}#${hash}`)
      try {
        await page.setViewportSize({ width, height: 844 })
        await page.addStyleTag({ content: `html { font-size: ${letters * 100}% }` })
        await page.waitForTimeout(150)
        const wide = await page.evaluate(() =>
          [document.documentElement, ...document.querySelectorAll('.screen__scroll')].some(
            (element) => element.scrollWidth > element.clientWidth + 1,
          ),
        )
        expect(wide, query).toBe(false)
      } finally {
        await page.context().close()
      }
    }
  })

  it('and every control is at least 24 pixels each way', async () => {
    for (const query of ['screen=inbox', `screen=conversation&${pierre}`, 'screen=settings', 'screen=lock']) {
      const page = await preview.open(query)
      const small = await page.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>('button, select, input:not([type=radio]):not([hidden])')]
          .filter((control) => control.offsetParent !== null)
          .map((control) => ({
            control: control.outerHTML.slice(0, 80),
            box: control.getBoundingClientRect(),
          }))
          .filter(({ box }) => box.width < 24 || box.height < 24)
          .map(({ control }) => control),
      )
      expect(small, query).toEqual([])
      await page.context().close()
    }
  })
})
