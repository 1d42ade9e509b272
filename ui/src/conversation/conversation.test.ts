// Writing, and what can be done with a message, in a real browser with a messenger in memory (preview/).
import { describe, expect, it } from 'vitest'
import { calls, withPreview } from '../../preview/with-preview.ts'

const open = withPreview()
const kevin = 'with=00000000-0000-4000-8000-000000000002'
const pierre = 'with=00000000-0000-4000-8000-000000000004'

describe('the composer', () => {
  it('sends with Enter at a desk, breaks the line with Shift, and empties itself', async () => {
    const page = await open('screen=conversation&form=desk')
    const field = page.getByLabel(/^Message à/)
    await field.fill('Une')
    await field.press('Shift+Enter')
    await field.pressSequentially('deux')
    await field.press('Enter')
    await page.locator('.bubble').getByText('Une deux').waitFor()
    expect((await calls(page, 'sendText'))[0]?.[1]).toBe('Une\ndeux')
    await expect.poll(() => field.inputValue()).toBe('')
    // What was sent must not come back as a draft, even if the page is closed this very moment.
    expect((await calls(page, 'saveDraft')).at(-1)?.[1]).toEqual({ text: '' })
  })

  it('breaks the line with Enter on a phone, where the button sends', async () => {
    const page = await open('screen=conversation')
    const field = page.getByLabel(/^Message à/)
    await field.fill('Une')
    await field.press('Enter')
    await field.pressSequentially('deux')
    expect(await calls(page, 'sendText')).toEqual([])
    await page.getByRole('button', { name: 'Envoyer', exact: true }).click()
    await expect.poll(() => calls(page, 'sendText')).toHaveLength(1)
  })

  it('sends nothing when nothing is written', async () => {
    const page = await open('screen=conversation&form=desk')
    const field = page.getByLabel(/^Message à/)
    await field.fill('   ')
    await field.press('Enter')
    await page.getByRole('button', { name: 'Envoyer', exact: true }).click()
    expect(await calls(page, 'sendText')).toEqual([])
  })

  it('keeps a draft that survives leaving, and shows it in the inbox', async () => {
    const page = await open('screen=conversation')
    await page.getByLabel(/^Message à/).fill('Je vous rappelle')
    await page.getByRole('button', { name: 'Retour' }).click()
    await page.getByText('Je vous rappelle').waitFor()
    await page.getByRole('link', { name: /Nathalie/ }).click()
    await expect.poll(() => page.getByLabel(/^Message à/).inputValue()).toBe('Je vous rappelle')
  })

  it('carries the patient’s initials and a deadline, once', async () => {
    const page = await open('screen=conversation&form=desk')
    await page.getByRole('button', { name: 'Patient et délai' }).click()
    await page.getByLabel('Patient, initiales').fill('M. D.')
    await page.getByLabel('Réponse avant').selectOption({ index: 1 })
    const field = page.getByLabel(/^Message à/)
    await field.fill('Dose ?')
    await field.press('Enter')
    await expect.poll(() => calls(page, 'sendText')).toHaveLength(1)
    const [, , options] = (await calls(page, 'sendText'))[0] as [
      string,
      string,
      { patientTag: string; answerByMs: number },
    ]
    expect(options.patientTag).toBe('M. D.')
    expect(options.answerByMs).toBeGreaterThan(Date.now())
    await field.fill('Autre')
    await field.press('Enter')
    await expect.poll(() => calls(page, 'sendText')).toHaveLength(2)
    expect((await calls(page, 'sendText'))[1]?.[2]).toEqual({})
  })

  it('takes a pasted picture, shows it, and sends it with its caption', async () => {
    const page = await open('screen=conversation&form=desk')
    await page.evaluate(async () => {
      const canvas = document.createElement('canvas')
      const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'))
      const clipboardData = new DataTransfer()
      clipboardData.items.add(new File([blob ?? new Blob()], 'wound.png', { type: 'image/png' }))
      document
        .querySelector('.writer textarea')
        ?.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true }))
    })
    await page.getByText('Lieu et appareil seront retirés').waitFor()
    await page.getByLabel(/^Message à/).fill('Talon gauche')
    await page.getByLabel(/^Message à/).press('Enter')
    await expect.poll(() => calls(page, 'sendPhoto')).toHaveLength(1)
    expect((await calls(page, 'sendPhoto'))[0]?.[1]).toMatchObject({ caption: 'Talon gauche' })
  })

  it('says that a file that is no picture is not sent', async () => {
    const page = await open('screen=conversation&form=desk')
    const file = { name: 'a.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF') }
    await page.locator('.writer input[type=file]').setInputFiles(file)
    await page.getByRole('alert').getByText('n’est pas une image').waitFor()
    expect(await calls(page, 'sendPhoto')).toEqual([])
  })

  it('goes on offline: what is written waits here, and the bar says that it will go', async () => {
    const page = await open('screen=conversation&form=desk&state=offline')
    await page.getByText('Tout partira seul').first().waitFor()
    const field = page.getByLabel(/^Message à/)
    await field.fill('Plus tard')
    await field.press('Enter')
    await page.locator('.bubble--mine', { hasText: 'Plus tard' }).getByText('En attente ici').waitFor()
  })
})

describe('a message', () => {
  it('shows its way in words on a tap', async () => {
    const page = await open(`screen=conversation&${pierre}`)
    const bubble = page.locator('.bubble', { hasText: 'arrêtez le pantoprazole' })
    expect(await bubble.getByRole('list').count()).toBe(0)
    await bubble.getByText('arrêtez le pantoprazole').click()
    const way = bubble.getByRole('list', { name: 'Parcours du message' })
    expect(await way.getByRole('listitem').allInnerTexts()).toEqual([
      expect.stringMatching(/^En attente ici/),
      expect.stringMatching(/^Au relais/),
      expect.stringMatching(/^Sur son appareil/),
      expect.stringMatching(/^Ouvert/),
      expect.stringMatching(/^Répondu/),
    ])
  })

  it('is copied as it was written', async () => {
    const page = await open(`screen=conversation&${pierre}`)
    const bubble = page.locator('.bubble', { hasText: 'Je préviens' })
    await bubble.getByRole('button', { name: /Détails/ }).click()
    await bubble.getByRole('button', { name: 'Copier' }).click()
    await page.getByText('Texte copié').waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('Merci. Je préviens l’officine.')
  })

  it('deleted for me is gone at once and comes back on Undo', async () => {
    const page = await open(`screen=conversation&${pierre}`)
    const bubble = page.locator('.bubble', { hasText: 'Je préviens' })
    await bubble.getByRole('button', { name: /Détails/ }).click()
    await bubble.getByRole('button', { name: 'Effacer pour moi' }).click()
    await bubble.waitFor({ state: 'detached' })
    expect(await page.evaluate(() => document.activeElement?.getAttribute('role'))).toBe('log')
    await page.getByRole('status').getByRole('button', { name: 'Annuler' }).click()
    await bubble.waitFor()
  })

  it('quoted stands above the field, goes with the answer, and is found from it', async () => {
    const page = await open(`screen=conversation&form=desk&${pierre}`)
    const bubble = page.locator('.bubble', { hasText: 'Je préviens' }).first()
    await bubble.getByRole('button', { name: /Détails/ }).click()
    await bubble.getByRole('button', { name: 'Citer' }).click()
    await page.locator('.writer').getByText('Vous citez').waitFor()
    await page.getByLabel(/^Message à/).fill('Parfait')
    await page.getByLabel(/^Message à/).press('Enter')
    const answer = page.locator('.bubble', { hasText: 'Parfait' })
    await answer.getByRole('button', { name: /Message cité/ }).click()
    await page.locator('.bubble--found', { hasText: 'Je préviens' }).waitFor()
  })

  it('that failed says why, is kept, and is tried again', async () => {
    const page = await open(`screen=conversation&${pierre}`)
    const failed = page.locator('.bubble--failed')
    await failed.getByText('Sa boîte est pleine').waitFor()
    await failed.getByRole('button', { name: 'Réessayer' }).click()
    await failed.waitFor({ state: 'detached' })
  })

  it('that cannot be read yet, or is of a newer kind, is never hidden', async () => {
    const page = await open(`screen=conversation&${pierre}`)
    await page.getByText('Ce message ne peut pas encore être lu.').waitFor()
    await page.getByText('d’un genre que cette version ne connaît pas').waitFor()
  })

  it('with a photo opens it on the whole screen and gives the focus back', async () => {
    const page = await open(`screen=conversation&${kevin}`)
    const shot = page.getByRole('button', { name: /Ouvrir la photo/ })
    await shot.click()
    const viewer = page.getByRole('dialog', { name: 'Photo en grand' })
    await viewer.getByRole('img', { name: /Talon gauche/ }).waitFor()
    await page.keyboard.press('Escape')
    await viewer.waitFor({ state: 'hidden' })
    expect(await shot.evaluate((element) => element === document.activeElement)).toBe(true)
  })
})

describe('a conversation', () => {
  it('is marked opened when it is looked at, and shows where reading was left', async () => {
    const page = await open(`screen=conversation&${kevin}`)
    await page.getByText('Non lus').waitFor()
    await expect.poll(() => calls(page, 'markOpened')).not.toHaveLength(0)
  })

  it('whose key changed says so at the top and asks before going on without comparing', async () => {
    const page = await open('screen=conversation&state=key')
    const alert = page.getByRole('alert')
    await alert.getByText('L’envoi attend votre choix').waitFor()
    await alert.getByRole('button', { name: 'Accepter sans comparer' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Annuler' }).click()
    await alert.waitFor()
    await alert.getByRole('button', { name: 'Accepter sans comparer' }).click()
    await dialog.getByRole('button', { name: 'Accepter sans comparer' }).click()
    await alert.waitFor({ state: 'detached' })
  })

  it('with somebody blocked offers no field to write in', async () => {
    const page = await open('screen=conversation&state=blocked')
    await page.getByText('Vous avez bloqué cette personne').waitFor()
    expect(await page.getByLabel(/^Message à/).count()).toBe(0)
    await page.getByRole('button', { name: 'Débloquer' }).click()
    await page.getByLabel(/^Message à/).waitFor()
  })
})
