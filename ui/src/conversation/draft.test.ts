// What is being written is not lost, in a real browser with a messenger in memory (preview/).
import type { Draft } from '@pli/client'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { calls, withPreview } from '../../preview/with-preview.ts'

const open = withPreview()
const pierre = 'with=00000000-0000-4000-8000-000000000004'
const composer = (page: Page) => page.getByLabel(/^Message à/)
const kept = async (page: Page) => (await calls(page, 'saveDraft')).map(([, draft]) => draft as Draft)
const leave = (page: Page) => page.getByRole('button', { name: 'Retour' }).click()

describe('a draft', () => {
  it('is there again whole: text, initials, deadline and quote, and goes whole', async () => {
    const page = await open(`screen=conversation&${pierre}`)
    const bubble = page.locator('.bubble', { hasText: 'Je préviens' }).first()
    await bubble.getByRole('button', { name: /Détails/ }).click()
    await bubble.getByRole('button', { name: 'Citer' }).click()
    await page.getByRole('button', { name: 'Patient et délai' }).click()
    await page.getByLabel('Patient, initiales').fill('M. D.')
    await page.getByLabel('Réponse avant').selectOption({ index: 2 })
    await composer(page).fill('Et le soir ?')
    await leave(page)
    await page.getByRole('link', { name: /Et le soir/ }).click()
    await page.locator('.writer').getByText('Je préviens').waitFor()
    await expect.poll(() => composer(page).inputValue()).toBe('Et le soir ?')
    expect(await page.getByLabel('Patient, initiales').inputValue()).toBe('M. D.')
    const answerByMs = Number(await page.getByLabel('Réponse avant').inputValue())
    expect(answerByMs).toBeGreaterThan(Date.now())
    await page.getByRole('button', { name: 'Envoyer', exact: true }).click()
    await expect.poll(() => calls(page, 'sendText')).toHaveLength(1)
    const [, text, options] = (await calls(page, 'sendText'))[0] ?? []
    expect(text).toBe('Et le soir ?')
    expect(options).toMatchObject({
      patientTag: 'M. D.',
      answerByMs,
      quote: { excerpt: expect.stringContaining('Je préviens') },
    })
    await page.locator('.writer .quote').waitFor({ state: 'detached' })
    expect(await kept(page)).toContainEqual(expect.objectContaining({ quote: expect.anything() }))
    expect((await kept(page)).at(-1)).toEqual({ text: '' })
  })

  it('is kept while one types without a pause', async () => {
    const page = await open('screen=conversation&form=desk')
    await composer(page).pressSequentially('x'.repeat(40), { delay: 30 })
    const lengths = (await kept(page)).map(({ text }) => text.length)
    expect(lengths.some((length) => length > 0 && length < 40)).toBe(true)
    // And not at every key: each is a write to the disk.
    expect(lengths.length).toBeLessThan(20)
    await expect.poll(async () => (await kept(page)).at(-1)?.text).toHaveLength(40)
  })

  it('is kept at once when the page is left for another', async () => {
    const page = await open('screen=conversation&form=desk')
    const last = await page.evaluate(async () => {
      const field = document.querySelector<HTMLTextAreaElement>('.writer textarea')
      const set = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value')?.set
      if (!field) return
      for (const text of ['Un', 'Un mot']) {
        set?.call(field, text)
        field.dispatchEvent(new InputEvent('input', { bubbles: true }))
        await new Promise((done) => setTimeout(done, 50))
      }
      dispatchEvent(new Event('blur'))
      const { pli } = window as unknown as {
        pli: { messenger(id: string): { calls: { name: string; args: unknown[] }[] } }
      }
      return pli
        .messenger('local-1')
        .calls.filter(({ name }) => name === 'saveDraft')
        .at(-1)?.args[1]
    })
    expect(last).toEqual({ text: 'Un mot' })
  })

  it('with a photo keeps it while one looks at another conversation', async () => {
    const page = await open(`screen=conversation&${pierre}`)
    const file = { name: 'wound.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('not looked at here') }
    await page.locator('.writer input[type=file]').first().setInputFiles(file)
    await page.getByText('Lieu et appareil seront retirés').waitFor()
    await leave(page)
    await page.getByRole('link', { name: /Nathalie/ }).click()
    await composer(page).waitFor()
    expect(await page.getByText('Lieu et appareil seront retirés').count()).toBe(0)
    await leave(page)
    await page.getByRole('link', { name: /Pierre-Emmanuel/ }).click()
    await page.getByText('Lieu et appareil seront retirés').waitFor()
    await page.getByRole('button', { name: 'Envoyer', exact: true }).click()
    await expect.poll(() => calls(page, 'sendPhoto')).toHaveLength(1)
    await page.getByText('Lieu et appareil seront retirés').waitFor({ state: 'detached' })
    await leave(page)
    await page.getByRole('link', { name: /Pierre-Emmanuel/ }).click()
    await composer(page).waitFor()
    expect(await page.getByText('Lieu et appareil seront retirés').count()).toBe(0)
  })
})

describe('an address that leads to no conversation', () => {
  const nobody = 'with=00000000-0000-4000-8000-000000009999'

  it.each(['phone', 'desk'])('is said, with a way to the inbox, on a %s', async (form) => {
    const page = await open(`screen=conversation&form=${form}&${nobody}`)
    await page.getByRole('heading', { level: 1, name: 'Conversation introuvable' }).waitFor()
    expect(await composer(page).count()).toBe(0)
    await page.getByRole('link', { name: 'Aux messages' }).click()
    await page.getByRole('link', { name: /Nathalie/ }).waitFor()
  })

  it('is not taken for one that is still being read', async () => {
    const page = await open(`screen=conversation&state=loading`)
    await page.getByRole('status', { name: 'Chargement' }).waitFor()
    expect(await page.getByText('Conversation introuvable').count()).toBe(0)
  })
})
