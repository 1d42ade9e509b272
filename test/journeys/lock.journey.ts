/** The PIN: wrong ones are counted and cost time, the tenth erases; what was set is there again after the right one. */
import { describe, expect, it } from 'vitest'
import { anneSophie, type Clinician, nathalie, PIN } from './clinician.ts'
import { setForward } from './clock.ts'
import { useStage } from './stage.ts'

const HOURS_MS = 5 * 60 * 60_000
const WRONG = '730164'

describe('the lock', () => {
  const stage = useStage({ withClock: true })
  let doctor: Clinician

  it('begins with somebody who has something to protect', async () => {
    doctor = await stage.openPhone('anne-sophie')
    const pharmacist = await stage.openDesk('nathalie')
    await Promise.all([doctor.onboard(anneSophie), pharmacist.onboard(nathalie)])
    await pharmacist.writeTo(anneSophie)
    await pharmacist.write('À garder sous clé')
    await doctor.see(doctor.row(nathalie))
    await pharmacist.page.context().close()
  })

  it('settings stand as they were set in one breath, after locking and opening', async () => {
    const { page } = doctor
    await doctor.goToSettings()
    await doctor.picture('settings')
    await doctor.choose('Sombre')
    await page.getByRole('switch', { name: 'Dire quand j’ouvre un message' }).click()
    await page.getByLabel('Redemander le code après').selectOption({ label: '5 min sans toucher' })
    await doctor.picture('settings-always-dark')
    await doctor.lock()
    await doctor.picture('lock')
    await doctor.unlock()
    await doctor.goTo('Moi')
    expect(await page.getByRole('radio', { name: 'Sombre' }).isChecked()).toBe(true)
    expect(await page.getByRole('switch', { name: 'Dire quand j’ouvre un message' }).isChecked()).toBe(true)
    expect(await page.getByLabel('Redemander le code après').inputValue()).toBe('5')
    expect(await page.locator('html').getAttribute('data-theme')).toBe('dark')
    await doctor.choose('Système')
  })

  it('speaks the language one chooses, at once and everywhere', async () => {
    const { page } = doctor
    const language = page.getByRole('combobox', { name: /Langue|Taal|Language|Sprache/ })
    const told = { nl: 'Slot', en: 'Lock', de: 'Sperre' }
    for (const [tag, word] of Object.entries(told)) {
      await language.selectOption(tag)
      await page.locator(`html[lang="${tag}"]`).waitFor()
      await doctor.picture(`settings-${tag}`)
      await doctor.seeTitle(word)
    }
    await language.selectOption('fr')
    await page.locator('html[lang="fr"]').waitFor()
    await doctor.seeTitle('Moi')
  })

  it('locks by itself when nobody touches it', async () => {
    await setForward(doctor.page, 6 * 60_000)
    await doctor.seeTitle('Votre code')
    await doctor.unlock()
    await doctor.seeTitle('Moi')
  })

  it('counts wrong PINs, then makes one wait; the right one starts anew', async () => {
    await doctor.lock()
    for (const left of [9, 8, 7]) {
      await doctor.enterPin(WRONG, 'Ouvrir')
      await doctor.see(`Code inexact. Il reste ${left} essais.`)
    }
    await doctor.see(/Attendez .* avant le prochain essai\. Rien n’est effacé\./)
    await doctor.picture('lock-waiting')
    expect(await doctor.button('Ouvrir').getAttribute('aria-disabled')).toBe('true')
    await setForward(doctor.page, HOURS_MS)
    await doctor.seeNoMore(/Attendez .* avant le prochain essai/)
    await doctor.enterPin(PIN, 'Ouvrir')
    await doctor.seeInbox()
    await doctor.see(doctor.row(nathalie).getByText('À garder sous clé'))
  })

  it('at the tenth, the copy on this device is erased, and nothing else', async () => {
    await doctor.lock()
    for (let tried = 1; tried <= 9; tried += 1) {
      await doctor.enterPin(WRONG, 'Ouvrir')
      const left = 10 - tried
      if (left > 3) await doctor.see(new RegExp(`Il reste ${left} essais`))
      else
        await doctor.see(
          new RegExp(`Encore ${left} codes? inexacts?, et la copie de cet appareil est effacée`),
        )
      await setForward(doctor.page, HOURS_MS)
      await doctor.seeNoMore(/Attendez .* avant le prochain essai/)
    }
    await doctor.picture('lock-last-try')
    await doctor.enterPin(WRONG, 'Ouvrir')
    await doctor.see(/Dix codes inexacts : la copie de cet appareil a été effacée/)
    await doctor.seeTitle('Trouvez-vous dans l’annuaire')
    await doctor.picture('erased')
    await doctor.page.reload()
    await doctor.seeTitle('Trouvez-vous dans l’annuaire')
  })

  it('the account is still there: a new proof opens it, and the erased device is not in the way', async () => {
    await doctor.findSelf(anneSophie)
    await doctor.prove(anneSophie)
    await doctor.choosePin(PIN)
    await doctor.finishOnboarding()
    await doctor.see('Aucun message')
  })
})
