// What somebody meets on the screens, in a real browser, with a messenger in memory (preview/). Journeys through the
// real one are elsewhere.
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openPreview, type Preview } from '../../preview/open-preview.ts'

let preview: Preview
const opened: Page[] = []
beforeAll(async () => {
  preview = await openPreview()
})
afterEach(async () => {
  for (const page of opened.splice(0)) await page.context().close()
})
afterAll(() => preview.close())

async function open(query: string): Promise<Page> {
  const page = await preview.open(query)
  opened.push(page)
  return page
}

/** What the screens asked of the messenger. */
function calls(page: Page, name: string): Promise<unknown[][]> {
  return page.evaluate((asked) => {
    const { pli } = window as unknown as {
      pli: { messenger(id: string): { calls: { name: string; args: unknown[] }[] } }
    }
    return pli
      .messenger('local-1')
      .calls.filter((call) => call.name === asked)
      .map((call) => call.args)
  }, name)
}

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
    expect((await calls(page, 'saveDraft')).at(-1)?.[1]).toBe('')
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

describe('finding somebody', () => {
  it('works from the keyboard alone: type, arrow, Enter', async () => {
    const page = await open('screen=new')
    const box = page.getByRole('combobox')
    await box.pressSequentially('lemaire')
    await page.getByRole('option').first().waitFor()
    expect(await page.getByRole('option').count()).toBe(4)
    await box.press('ArrowDown')
    const active = await box.getAttribute('aria-activedescendant')
    expect(await page.locator(`[id="${active}"]`).getAttribute('aria-selected')).toBe('true')
    await box.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Dr Anne-Sophie Lemaire' }).waitFor()
  })

  it('shows profession and place for every homonym, and says who is not here yet', async () => {
    const page = await open('screen=new')
    await page.getByRole('combobox').pressSequentially('lemaire')
    const options = page.getByRole('option')
    await options.first().waitFor()
    for (const text of await options.allInnerTexts()) expect(text).toMatch(/\p{L}+ · .+/u)
    const absent = options.filter({ hasText: 'Anne-Catherine' })
    await absent.getByText('Pas encore sur Pli').waitFor()
    await absent.click()
    await page.getByRole('alert').getByText('n’est pas encore sur Pli').waitFor()
    await page.getByText('Rien n’a été envoyé').waitFor()
  })

  it('says what to do when nobody is found, and when the directory does not answer', async () => {
    const none = await open('screen=new')
    await none.getByRole('combobox').pressSequentially('zzzz')
    await none.getByText('Personne à ce nom').waitFor()
    const failed = await open('screen=new&state=failed')
    await failed.getByRole('combobox').pressSequentially('lemaire')
    await failed.getByRole('alert').getByText('L’annuaire ne répond pas').waitFor()
    await failed.getByRole('button', { name: 'Réessayer' }).waitFor()
  })
})

describe('the lock', () => {
  it('counts wrong PINs, empties the field, and opens with the right one', async () => {
    const page = await open('screen=lock')
    const field = page.getByLabel(/^Code, six chiffres/)
    for (const digit of '111222') await page.getByRole('button', { name: digit, exact: true }).click()
    await page.getByRole('button', { name: 'Ouvrir' }).click()
    await page.getByText('Il reste 9 essais').waitFor()
    expect(await field.inputValue()).toBe('')
    await page.keyboard.type('271828')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Messages' }).waitFor()
  })

  it('takes digits only, at least six, and never shows them', async () => {
    const page = await open('screen=lock')
    const field = page.getByLabel(/^Code, six chiffres/)
    await field.pressSequentially('12a b3')
    expect(await field.inputValue()).toBe('123')
    expect(await field.getAttribute('type')).toBe('password')
    await page.keyboard.press('Enter')
    expect(await page.getByText('Il reste').count()).toBe(0)
  })

  it('warns before the last tries, and makes one wait', async () => {
    const page = await open('screen=lock&state=lastTries')
    await page.getByText('Encore 2 codes inexacts').waitFor()
    await page.getByText(/Attendez \d+/).waitFor()
    await page.keyboard.type('271828')
    await page.keyboard.press('Enter')
    await page.waitForTimeout(400)
    expect(await page.getByRole('heading', { name: 'Messages' }).count()).toBe(0)
  })

  it('asks who one is when several share the device', async () => {
    const page = await open('screen=lock&state=several')
    await page.getByRole('button', { name: /Nathalie/ }).click()
    await page.getByRole('heading', { name: 'Votre code' }).waitFor()
    await page.getByText('Nathalie Van den Berghe').waitFor()
    await page.getByRole('button', { name: 'Un autre compte' }).click()
    await page.getByRole('button', { name: /Kévin/ }).waitFor()
  })
})

describe('the first minutes', () => {
  it('lead from one’s own name to a PIN chosen twice, and to the inbox', async () => {
    const page = await open('screen=onboarding')
    await page.getByLabel('Nom et prénom').fill('lemaire')
    await page.getByLabel('Commune d’exercice').fill('woluwe')
    await page.getByRole('option', { name: /Anne-Sophie/ }).click()
    await page.getByRole('button', { name: /C’est moi, Dr Anne-Sophie Lemaire/ }).click()
    await page.getByRole('button', { name: 'J’ai reçu un code' }).click()
    await page.getByLabel('Code reçu').fill('ABCD-2345')
    await page.getByRole('button', { name: 'Utiliser ce code' }).click()
    await page.getByRole('heading', { name: 'Choisissez votre code' }).waitFor()
    await enterPin(page, '123456')
    await page.getByText('trop facile à deviner').waitFor()
    await enterPin(page, '271828')
    await page.getByRole('heading', { name: 'Encore une fois' }).waitFor()
    await enterPin(page, '271829')
    await page.getByText('Les deux codes diffèrent').waitFor()
    await enterPin(page, '271828')
    await page.getByRole('heading', { name: 'Encore une fois' }).waitFor()
    await enterPin(page, '271828')
    await page.getByRole('button', { name: 'Autoriser les notifications' }).click()
    await page.getByRole('button', { name: 'Envoyer un essai' }).click()
    await page.getByText('Essai envoyé').waitFor()
    await page.getByRole('button', { name: 'Continuer' }).click()
    await page.getByRole('button', { name: 'Commencer' }).click()
    await page.getByRole('heading', { name: 'Messages' }).waitFor()
  })

  it('go on after the sign-in came back, and warn before an older device is cut off', async () => {
    const page = await open('screen=onboarding&state=existing#ticket=preview')
    await page.getByText('Vos correspondants verront que votre clé a changé').waitFor()
    await page.getByRole('button', { name: 'Remplacer cet appareil' }).click()
    await page.getByRole('heading', { name: 'Choisissez votre code' }).waitFor()
  })

  it('say what happened when the sign-in did not work, and start again', async () => {
    const page = await open('screen=onboarding#ticket=used')
    await page.getByRole('alert').getByText('Rien n’a été créé').waitFor()
    await page.getByLabel('Nom et prénom').waitFor()
  })

  async function enterPin(page: Page, pin: string) {
    await page.getByLabel(/^Code, six chiffres/).fill(pin)
    await page.getByRole('button', { name: 'Continuer' }).click()
  }
})

describe('settings', () => {
  it('change language and theme at once, for the whole page', async () => {
    const page = await open('screen=settings')
    await page.getByLabel('Langue').selectOption('nl')
    await page.getByRole('heading', { level: 1, name: 'Ik' }).waitFor()
    expect(await page.locator('html').getAttribute('lang')).toBe('nl')
    await page.getByText('Donker').click()
    await expect.poll(() => page.locator('html').getAttribute('data-theme')).toBe('dark')
    await page.getByText('Systeem').click()
    await expect.poll(() => page.locator('html').getAttribute('data-theme')).toBeNull()
  })

  it('leave receipts off until they are turned on', async () => {
    const page = await open('screen=settings')
    const receipts = page.getByRole('switch', { name: /Dire quand j’ouvre/ })
    expect(await receipts.isChecked()).toBe(false)
    await receipts.check()
    expect(await receipts.isChecked()).toBe(true)
  })

  it('ask before a device is removed or this one is erased', async () => {
    const page = await open('screen=settings')
    await page.getByRole('button', { name: 'Retirer Ordinateur du cabinet' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Retirer' }).click()
    await page.getByText('Appareil retiré').waitFor()
    await page.getByRole('button', { name: /Se déconnecter et effacer/ }).click()
    await page.getByRole('dialog').getByText('ne peuvent pas être retrouvés').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
  })

  it('refuse an easy new PIN and say how many tries are left for the old one', async () => {
    const page = await open('screen=settings')
    await page.getByRole('button', { name: 'Changer le code' }).click()
    const dialog = page.getByRole('dialog')
    const change = async (current: string, next: string, again: string) => {
      await dialog.getByLabel('Code actuel').fill(current)
      await dialog.getByLabel('Nouveau code').fill(next)
      await dialog.getByLabel('Encore une fois').fill(again)
      await dialog.getByRole('button', { name: 'Changer le code' }).click()
    }
    await change('271828', '123456', '123456')
    await dialog.getByText('trop facile').waitFor()
    await change('000000', '805914', '805914')
    await dialog.getByText('Il reste 9 essais').waitFor()
    await change('271828', '805914', '805914')
    await page.getByText('Code changé').waitFor()
  })
})

describe('the safety number', () => {
  it('is twelve groups of five digits, and is marked compared only by a person', async () => {
    const page = await open('screen=person')
    await page.getByRole('img', { name: /Code QR/ }).waitFor()
    const groups = await page.locator('.safety__digits span').allInnerTexts()
    expect(groups).toHaveLength(12)
    expect(groups.every((group) => /^\d{5}$/.test(group))).toBe(true)
    await page.getByText('À comparer').waitFor()
    await page.getByRole('button', { name: 'Lu, identique' }).click()
    await page.getByText('Comparé', { exact: true }).waitFor()
  })

  it('says what to do when the camera does not open', async () => {
    const page = await open('screen=person')
    await page.getByRole('button', { name: 'Scanner le sien' }).click()
    await page.getByRole('alert').getByText('La caméra ne s’ouvre pas').waitFor()
  })
})

describe('the inbox', () => {
  it('finds people and messages on this device', async () => {
    const page = await open('screen=inbox')
    await page.getByRole('searchbox').fill('pantoprazole')
    await expect.poll(() => page.getByRole('link', { name: /pantoprazole/ }).count()).toBe(2)
    await page.getByRole('searchbox').fill('zzz')
    await page.getByText('Cette recherche reste sur cet appareil').waitFor()
  })

  it('is walked with the arrows', async () => {
    const page = await open('screen=inbox&form=desk')
    await page.getByRole('link', { name: /Nathalie/ }).focus()
    await page.keyboard.press('ArrowDown')
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('Kévin')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: /Kévin/ }).waitFor()
  })

  it('says what to do first when it is empty', async () => {
    const page = await open('screen=inbox&state=empty')
    await page.getByRole('button', { name: 'Écrire le premier' }).click()
    await page.getByRole('combobox').waitFor()
  })
})
