// Finding somebody, the inbox, settings and the safety number, in a real browser with a messenger in memory (preview/).
// Journeys through the real one are elsewhere.
import { describe, expect, it } from 'vitest'
import { calls, withPreview } from '../../preview/with-preview.ts'

const open = withPreview()

/** What the preview lays out for tests. */
interface Starring {
  messenger(localId: string): {
    inbox: { get(): { person: object; latestAtMs: number }[] | undefined }
    setFavourite(person: object | undefined, isFavourite: boolean): Promise<void>
  }
}

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

  it('begins with the starred, then with whom one wrote to last, nobody twice', async () => {
    const page = await open('screen=new')
    const recent = page.getByRole('region', { name: 'Personnes récentes' }).getByRole('button')
    await recent.first().waitFor()
    const before = await recent.allInnerTexts()
    await page.evaluate(async () => {
      const { pli } = window as unknown as { pli: Starring }
      const messenger = pli.messenger('local-1')
      const latest = (messenger.inbox.get() ?? []).toSorted((a, b) => b.latestAtMs - a.latestAtMs)[0]
      await messenger.setFavourite(latest?.person, true)
    })
    const starred = page.getByRole('region', { name: 'Favoris' }).getByRole('button')
    await expect.poll(() => starred.count()).toBe(1)
    const name = (await starred.first().innerText()).split('\n')[1] ?? ''
    expect(before.some((text) => text.includes(name))).toBe(true)
    await expect.poll(() => recent.filter({ hasText: name }).count()).toBe(0)
  })

  it('is starred and unstarred on the person’s page', async () => {
    const page = await open('screen=person')
    await page.getByRole('button', { name: 'Ajouter aux favoris' }).click()
    await page.getByRole('button', { name: 'Retirer des favoris' }).click()
    await page.getByRole('button', { name: 'Ajouter aux favoris' }).waitFor()
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

  it('say which device this is; removing it is signing out', async () => {
    const page = await open('screen=settings')
    await page.getByRole('listitem').filter({ hasText: 'Téléphone' }).getByText('Cet appareil').waitFor()
    expect(await page.getByText('Cet appareil', { exact: true }).count()).toBe(1)
    await page.getByRole('button', { name: 'Retirer Téléphone' }).click()
    const dialog = page.getByRole('dialog', { name: 'Effacer Pli de cet appareil' })
    await dialog.getByText('ne peuvent pas être retrouvés').waitFor()
    expect(await calls(page, 'signOutAndErase')).toEqual([])
    await dialog.getByRole('button', { name: 'Effacer cet appareil' }).click()
    await expect.poll(() => calls(page, 'signOutAndErase')).toHaveLength(1)
    expect(await calls(page, 'removeDevice')).toEqual([])
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
