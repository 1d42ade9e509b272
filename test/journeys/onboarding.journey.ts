/** First minutes: finding oneself among namesakes, proving it, and what happens when it is not true. */
import { describe, expect, it } from 'vitest'
import { issueOperatorCode } from '../relay-process.ts'
import { anneSophie, type Clinician, kevin, nameOf, nathalie, PIN } from './clinician.ts'
import { useStage } from './stage.ts'

describe('the first minutes', () => {
  const stage = useStage()
  let onPhone: Clinician
  let atDesk: Clinician

  it('on a phone, one finds oneself among namesakes, told apart by place and number', async () => {
    onPhone = await stage.openPhone('anne-sophie')
    await onPhone.open()
    await onPhone.seeTitle('Trouvez-vous dans l’annuaire')
    await onPhone.picture('onboarding-find')
    await onPhone.page.getByLabel('Nom et prénom').fill('Lemaire Anne-Sophie')
    await onPhone.see(/personnes? portent? ce nom/)
    const namesakes = onPhone.page.getByRole('option', { name: nameOf(anneSophie) })
    await onPhone.see(namesakes)
    const lines = await namesakes.allInnerTexts()
    expect(lines.length).toBeGreaterThan(1)
    expect(new Set(lines).size).toBe(lines.length)
    for (const line of lines) expect(line).toMatch(/INAMI \d-\d{5}-\d{2}/)
    await onPhone.picture('onboarding-namesakes')
  })

  it('the proof of another person is refused, and nothing is made', async () => {
    await onPhone.page.getByLabel('Commune d’exercice').fill('Woluwe')
    await onPhone.page
      .getByRole('option', { name: nameOf(anneSophie) })
      .first()
      .click()
    await onPhone.press(`C’est moi, Dr ${nameOf(anneSophie)}`)
    await onPhone.picture('onboarding-prove')
    await onPhone.prove(kevin)
    await onPhone.see(/La preuve est celle d’une autre personne que celle que vous avez choisie/)
    await onPhone.seeTitle('Trouvez-vous dans l’annuaire')
    await onPhone.picture('onboarding-wrong-person')
    expect(onPhone.page.url()).not.toContain('ticket')
  })

  it('giving up at the sign-in page leads back, with a sentence', async () => {
    await onPhone.findSelf(anneSophie)
    await onPhone.press('Continuer avec eHealth')
    await onPhone.seeTitle('Se connecter')
    await onPhone.picture('sign-in')
    await onPhone.press('Annuler')
    await onPhone.see(/La connexion a été refusée ou abandonnée/)
  })

  it('a PIN typed differently the second time, or too easy, is asked for again', async () => {
    await onPhone.findSelf(anneSophie)
    await onPhone.prove(anneSophie)
    await onPhone.choosePin(PIN, '482917')
    await onPhone.see('Les deux codes diffèrent. Choisissez-le à nouveau.')
    await onPhone.picture('onboarding-pin-differs')
    await onPhone.enterPin('123456', 'Continuer')
    await onPhone.see(/trop facile à deviner/)
  })

  it('a proof survives a reload; then the account is there', async () => {
    await onPhone.page.reload()
    await onPhone.choosePin(PIN)
    await onPhone.seeTitle('Être prévenu')
    await onPhone.picture('onboarding-notifications')
    await onPhone.press('Plus tard')
    await onPhone.seeTitle('C’est prêt')
    await onPhone.picture('onboarding-done')
    await onPhone.press('Commencer')
    await onPhone.seeInbox()
  })

  it('at a desk, a code handed over by the operator does instead, once', async () => {
    atDesk = await stage.openDesk('nathalie')
    await atDesk.open()
    await atDesk.findSelf(nathalie)
    await atDesk.press('J’ai reçu un code')
    const field = atDesk.page.getByLabel('Code reçu')
    await field.fill('AAAA-BBBB-CCCC')
    await field.press('Enter')
    await atDesk.see(/Ce code est inconnu, expiré ou déjà utilisé/)
    await atDesk.picture('onboarding-code')
    await field.fill(await issueOperatorCode(stage.relayOptions, 'nathalie'))
    await field.press('Enter')
    await atDesk.choosePin(PIN)
    await atDesk.finishOnboarding()
  })

  it('somebody who signed in is found and can be written to; somebody who has not, is not', async () => {
    await atDesk.goTo('Annuaire')
    await atDesk.page.getByLabel('Nom et prénom').fill(nameOf(kevin))
    await atDesk.see(
      atDesk.page.getByRole('option', { name: nameOf(kevin) }).filter({ hasText: 'Pas encore sur Pli' }),
    )
    await atDesk.page
      .getByRole('option', { name: nameOf(kevin) })
      .first()
      .click()
    await atDesk.picture('directory')
    await atDesk.page.getByRole('button', { name: 'Écrire', exact: true }).click()
    await atDesk.see(/n’est pas encore sur Pli/)
    await atDesk.goTo('Messages')
    await atDesk.writeTo(anneSophie)
    await atDesk.write('Bonjour, êtes-vous de garde ?')
    await onPhone.see(onPhone.row(nathalie))
  })

  it('an account that is on this device already is opened, not made again', async () => {
    await onPhone.goTo('Moi')
    await onPhone.press('Verrouiller maintenant')
    await onPhone.press('Ajouter un compte')
    await onPhone.findSelf(anneSophie)
    await onPhone.prove(anneSophie)
    await onPhone.seeTitle('Ce compte est déjà sur cet appareil')
    await onPhone.press('Ouvrir ce compte')
    await onPhone.unlock()
    await onPhone.see(onPhone.row(nathalie))
  })
})
