/** Somebody's identity key changes: sending stops and says so, until the person decides. */
import { describe, expect, it } from 'vitest'
import { anneSophie, type Clinician, nathalie, PIN } from './clinician.ts'
import { useStage } from './stage.ts'

describe('a changed identity key', () => {
  const stage = useStage()
  let pharmacist: Clinician
  let oldPhone: Clinician
  let newPhone: Clinician

  const safetyNumber = async (person: Clinician) => {
    const region = person.page.getByRole('region', { name: 'Numéro de sécurité' })
    await person.see(region.getByText(/^\d{5}$/))
    return (await region.getByText(/^\d{5}$/).allInnerTexts()).join('')
  }

  it('begins with two people who compared their numbers', async () => {
    pharmacist = await stage.openDesk('nathalie')
    oldPhone = await stage.openPhone('anne-sophie')
    await Promise.all([pharmacist.onboard(nathalie), oldPhone.onboard(anneSophie)])
    await pharmacist.writeTo(anneSophie)
    await pharmacist.write('Bonjour')
    await oldPhone.openFromInbox(nathalie)
    await oldPhone.read('Bonjour')
    await oldPhone.press(/^Voir la fiche de/)
    await oldPhone.seeTitle('Personne')
    expect(await safetyNumber(oldPhone)).toMatch(/^\d{60}$/)
    expect(await safetyNumber(oldPhone)).toBe(await safetyNumber(pharmacist))
    await oldPhone.picture('person')
    await pharmacist.press('Lu, identique')
    await pharmacist.see('Numéro comparé')
    await pharmacist.picture('person-compared')
  })

  it('a new phone replaces the old one, which says so and keeps what it has', async () => {
    newPhone = await stage.openPhone('anne-sophie-new-phone')
    await newPhone.open()
    await newPhone.findSelf(anneSophie)
    await newPhone.prove(anneSophie)
    await newPhone.seeTitle('Vous avez déjà un appareil')
    await newPhone.picture('onboarding-existing-device')
    await newPhone.press('Remplacer cet appareil')
    await newPhone.choosePin(PIN)
    await newPhone.finishOnboarding()
    await oldPhone.goBack()
    await oldPhone.see('Cet appareil a été retiré du compte.')
    await oldPhone.read('Bonjour')
    await oldPhone.picture('device-removed')
  })

  it('sending stops and says so', async () => {
    await pharmacist.write('La dose est-elle juste ?')
    await pharmacist.see(/La clé de Dr.Anne-Sophie Lemaire a changé\. L’envoi attend votre choix\./)
    await pharmacist.seeState('La dose est-elle juste ?', 'Non envoyé, gardé ici')
    await pharmacist.see('Sa clé a changé. Ce message attend votre choix.')
    await pharmacist.see('Numéro à comparer')
    await pharmacist.picture('key-changed')
    await pharmacist.page.reload()
    await pharmacist.unlock()
    await pharmacist.see(/L’envoi attend votre choix\./)
    expect(await newPhone.page.getByText('La dose est-elle juste ?').count()).toBe(0)
  })

  it('the person decides, and what waited goes', async () => {
    await pharmacist.press('Accepter sans comparer')
    const question = pharmacist.page.getByRole('dialog', { name: 'Accepter la nouvelle clé sans comparer' })
    await pharmacist.see(question)
    await pharmacist.picture('key-accepting')
    await question.getByRole('button', { name: 'Accepter sans comparer' }).click()
    await pharmacist.seeState('La dose est-elle juste ?', 'Sur son appareil')
    await pharmacist.seeNoMore(/L’envoi attend votre choix\./)
    await newPhone.openFromInbox(nathalie)
    await newPhone.read('La dose est-elle juste ?')
    expect(await newPhone.countMessages('La dose est-elle juste ?')).toBe(1)
    await newPhone.write('Oui, elle est juste')
    await pharmacist.read('Oui, elle est juste')
    expect(await safetyNumber(pharmacist)).toMatch(/^\d{60}$/)
  })

  it('the phone that was removed comes back by a new proof, and the other one goes', async () => {
    await oldPhone.goBack()
    await oldPhone.press('Se reconnecter')
    await oldPhone.findSelf(anneSophie)
    await oldPhone.prove(anneSophie)
    await oldPhone.seeTitle('Ce compte est déjà sur cet appareil')
    await oldPhone.press('Code oublié, ou appareil retiré')
    await oldPhone.picture('onboarding-anew')
    await oldPhone.press('Effacer et recommencer')
    await oldPhone.choosePin(PIN)
    await oldPhone.finishOnboarding()
    await newPhone.see('Cet appareil a été retiré du compte.')
    await oldPhone.writeTo(nathalie)
    await oldPhone.write('De retour sur mon ancien téléphone')
    await pharmacist.read('De retour sur mon ancien téléphone')
  })
})
