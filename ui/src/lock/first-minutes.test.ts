// The lock and the first minutes, in a real browser with a messenger in memory (preview/).
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { withPreview } from '../../preview/with-preview.ts'

const open = withPreview()

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

  it('lead past a forgotten PIN, after saying that what is here will be erased', async () => {
    const page = await open('screen=onboarding&state=here#ticket=preview')
    await page.getByRole('heading', { name: 'Ce compte est déjà sur cet appareil' }).waitFor()
    expect(await page.getByRole('button', { name: 'Effacer et recommencer' }).count()).toBe(0)
    await page.getByRole('button', { name: 'Code oublié, ou appareil retiré' }).click()
    await page.getByRole('alert').getByText('est effacé dès que les nouvelles clés sont prêtes').waitFor()
    await page.getByRole('button', { name: 'Effacer et recommencer' }).click()
    await enterPin(page, '271828')
    await page.getByRole('heading', { name: 'Encore une fois' }).waitFor()
    await enterPin(page, '271828')
    await page.getByRole('button', { name: 'Autoriser les notifications' }).waitFor()
  })

  it('name the sandbox’s people in the reader’s language', async () => {
    const page = await open('screen=onboarding')
    await page.getByRole('button', { name: /Nathalie.*Pharmacien · Woluwe-Saint-Lambert/ }).waitFor()
    const dutch = await open('screen=onboarding&language=nl')
    await dutch.getByRole('button', { name: /Nathalie.*Apotheker · Sint-Lambrechts-Woluwe/ }).waitFor()
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
