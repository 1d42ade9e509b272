/** Several tabs and several people in one browser: one tab sends, the others follow; each person has a PIN. */
import { describe, expect, it } from 'vitest'
import { anneSophie, type Clinician, kevin, nameOf, nathalie } from './clinician.ts'
import { useStage } from './stage.ts'

const KEVINS_PIN = '904731'

describe('one browser', () => {
  const stage = useStage()
  let first: Clinician
  let second: Clinician
  let third: Clinician
  let doctor: Clinician

  it('begins with a pharmacist in one tab and a doctor elsewhere', async () => {
    first = await stage.openDesk('nathalie')
    doctor = await stage.openPhone('anne-sophie')
    await Promise.all([first.onboard(nathalie), doctor.onboard(anneSophie)])
    await first.writeTo(anneSophie)
    await first.write('Depuis le premier onglet')
    await doctor.openFromInbox(nathalie)
    await doctor.read('Depuis le premier onglet')
  })

  it('a second tab of the same account follows, and writes too', async () => {
    second = await stage.openTab(first, 'nathalie-second-tab')
    await second.open()
    await second.unlock()
    await second.see(/Un autre onglet s’occupe de l’envoi\./)
    await second.openFromInbox(anneSophie)
    await second.read('Depuis le premier onglet')
    await second.write('Depuis le second onglet')
    await doctor.read('Depuis le second onglet')
    await first.seeState('Depuis le second onglet', 'Sur son appareil')
    await second.seeState('Depuis le second onglet', 'Sur son appareil')
    await second.picture('second-tab')
    await doctor.write('Je vous lis')
    await Promise.all([first.read('Je vous lis'), second.read('Je vous lis')])
    for (const tab of [first, second, doctor]) {
      expect(await tab.countMessages('Depuis le second onglet')).toBe(1)
      expect(await tab.countMessages('Je vous lis')).toBe(1)
    }
  })

  it('when the first tab goes, the second takes over', async () => {
    await first.page.close()
    await second.seeNoMore(/Un autre onglet s’occupe de l’envoi\./)
    await second.write('Le premier est fermé')
    await doctor.read('Le premier est fermé')
    await doctor.write('Toujours là')
    await second.read('Toujours là')
    expect(await doctor.countMessages('Le premier est fermé')).toBe(1)
  })

  it('a second person has an account in the same browser, in a tab of their own', async () => {
    third = await stage.openTab(second, 'kevin')
    await third.open()
    await third.press('Ajouter un compte')
    await third.findSelf(kevin)
    await third.prove(kevin)
    await third.choosePin(KEVINS_PIN)
    await third.finishOnboarding()
    await third.see('Aucun message')
    await third.writeTo(nathalie)
    await third.write('Du même ordinateur')
    await second.see(second.row(kevin))
    await second.openFromInbox(kevin)
    await second.write('Bien reçu, Kévin')
    await third.read('Bien reçu, Kévin')
  })

  it('one person after the other opens it with a PIN, quickly, and sees only what is theirs', async () => {
    await third.lock()
    await third.press('Un autre compte')
    await third.seeTitle('Qui êtes-vous ?')
    await third.picture('lock-several')
    await third.button(new RegExp(nameOf(nathalie))).click()
    await third.seeTitle('Votre code')
    await third.enterPin(KEVINS_PIN, 'Ouvrir')
    await third.see('Code inexact. Il reste 9 essais.')
    const beganAtMs = performance.now()
    await third.unlock()
    await third.see(third.row(anneSophie))
    console.info(
      `switching accounts took ${Math.round(performance.now() - beganAtMs)} ms from the PIN to the inbox`,
    )
    expect(await third.row(nathalie).count()).toBe(0)
  })
})
