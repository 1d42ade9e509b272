/** The pharmacist at her desk asks, the GP on her phone answers; every state of a letter stands there in words. */
import { describe, expect, it } from 'vitest'
import { anneSophie, type Clinician, nathalie } from './clinician.ts'
import { useStage } from './stage.ts'

const QUESTION = 'Méthotrexate 10 mg : chaque jour, ou chaque semaine ?'
const ANSWER = 'Chaque semaine, le lundi.'
const THANKS = 'Merci, c’est noté sur l’ordonnance.'
const SLIP = 'Envoyé par erreur'

describe('a question and its answer', () => {
  const stage = useStage()
  let pharmacist: Clinician
  let doctor: Clinician

  it('begins with two people, one at a desk, one on a phone', async () => {
    pharmacist = await stage.openDesk('nathalie')
    doctor = await stage.openPhone('anne-sophie')
    await Promise.all([pharmacist.onboard(nathalie), doctor.onboard(anneSophie)])
    await pharmacist.see('Cherchez un confrère par son nom et sa commune.')
    await pharmacist.picture('inbox-empty')
    await doctor.picture('inbox-empty')
  })

  it('the other is found by name and place, at the desk and on the phone', async () => {
    await pharmacist.press('Écrire (touche N)')
    await pharmacist.page.getByLabel('Nom et prénom').fill('lemaire')
    await pharmacist.page.getByLabel('Commune d’exercice').fill('woluwe')
    await pharmacist.see(pharmacist.page.getByRole('option', { name: /Dr.Anne-Sophie Lemaire/ }))
    await pharmacist.picture('new-message')
    await pharmacist.goBack()
    await doctor.goTo('Annuaire')
    await doctor.page.getByRole('combobox').first().fill('van den berghe pharmacie')
    await doctor.see(doctor.page.getByRole('option', { name: /Nathalie Van den Berghe/ }))
    await doctor.picture('directory')
    await doctor.page.getByRole('combobox').first().fill('personne de ce nom')
    await doctor.see('Personne à ce nom')
    await doctor.picture('directory-nobody')
    await doctor.goTo('Messages')
  })

  it('says of a letter where it is, all the way', async () => {
    await doctor.goTo('Moi')
    await doctor.page.getByRole('switch', { name: 'Dire quand j’ouvre un message' }).click()
    await doctor.goTo('Messages')
    await pharmacist.writeTo(anneSophie)
    await pharmacist.picture('conversation-empty')
    await doctor.loseNetwork()
    await pharmacist.loseNetwork()

    await pharmacist.press('Patient et délai')
    await pharmacist.page.getByLabel('Patient, initiales').fill('M. D.')
    await pharmacist.page.getByLabel('Réponse avant').selectOption({ index: 1 })
    await pharmacist.write(QUESTION)
    await pharmacist.seeState(QUESTION, 'En attente ici')
    await pharmacist.see(/Hors ligne depuis .* Tout partira seul\./)
    await pharmacist.picture('conversation-waiting')

    await pharmacist.regainNetwork()
    await pharmacist.seeState(QUESTION, 'Au relais')
    await doctor.regainNetwork()
    await pharmacist.seeState(QUESTION, 'Sur son appareil')

    await doctor.see(doctor.page.getByRole('heading', { name: /^À répondre/ }))
    await doctor.see(doctor.row(nathalie).getByText(/encore\s\d+\smin/))
    await doctor.picture('inbox-to-answer')
    await doctor.openFromInbox(nathalie)
    await doctor.read(QUESTION)
    await pharmacist.seeState(QUESTION, 'Ouvert')
  })

  it('is answered with a quote, and both sides say so', async () => {
    await doctor.openDetails(QUESTION)
    await doctor.press('Citer')
    await doctor.see('Vous citez')
    await doctor.picture('conversation-quoting')
    await doctor.write(ANSWER)
    await pharmacist.read(ANSWER)
    await pharmacist.seeState(QUESTION, 'Répondu')
    await pharmacist.see(
      pharmacist.message(ANSWER).getByRole('button', { name: `Message cité : ${QUESTION}` }),
    )

    await pharmacist.openDetails(QUESTION)
    const path = pharmacist.message(QUESTION).getByRole('list', { name: 'Parcours du message' })
    const steps = await path.getByRole('listitem').allInnerTexts()
    expect(steps.map((step) => step.split('\n')[0])).toEqual([
      'En attente ici',
      'Au relais',
      'Sur son appareil',
      'Ouvert',
      'Répondu',
    ])
    await pharmacist.picture('conversation-answered')
    await doctor.picture('conversation-answered')
  })

  it('can be copied', async () => {
    await doctor.openDetails(ANSWER)
    await doctor.message(ANSWER).getByRole('button', { name: 'Copier' }).click()
    await doctor.see('Texte copié')
    expect(await doctor.page.evaluate(() => navigator.clipboard.readText())).toBe(ANSWER)
  })

  it('can be deleted for oneself, and brought back for a while', async () => {
    await pharmacist.write(SLIP)
    await pharmacist.seeState(SLIP, 'Ouvert')
    await pharmacist.openDetails(SLIP)
    await pharmacist.message(SLIP).getByRole('button', { name: 'Effacer pour moi' }).click()
    await pharmacist.seeNoMore(pharmacist.message(SLIP))
    await pharmacist.picture('deleted-with-undo')
    await pharmacist.press('Annuler')
    await pharmacist.read(SLIP)

    if ((await pharmacist.message(SLIP).getByRole('button', { name: 'Effacer pour moi' }).count()) === 0)
      await pharmacist.openDetails(SLIP)
    await pharmacist.message(SLIP).getByRole('button', { name: 'Effacer pour moi' }).click()
    await pharmacist.seeNoMore(pharmacist.message(SLIP))
    await pharmacist.seeNoMore('Message effacé ici')
    await pharmacist.page.reload()
    await pharmacist.unlock()
    await pharmacist.read(ANSWER)
    expect(await pharmacist.countMessages(SLIP)).toBe(0)
    await doctor.read(SLIP)
  })

  it('is found again by what was said and by who said it', async () => {
    await pharmacist.write(THANKS)
    await doctor.read(THANKS)
    const box = pharmacist.page.getByRole('searchbox', { name: 'Chercher une personne ou un message' })
    await box.fill('lundi')
    await pharmacist.see(pharmacist.page.getByRole('heading', { name: 'Messages', level: 2 }))
    await pharmacist.see(pharmacist.page.getByRole('link', { name: /Chaque semaine, le lundi/ }))
    await pharmacist.picture('search-messages')
    await box.fill('lemaire')
    await pharmacist.see(pharmacist.page.getByRole('heading', { name: 'Personnes' }))
    await box.fill('ceci n’existe pas')
    await pharmacist.see('Rien ici ne contient « ceci n’existe pas ».')
    await pharmacist.picture('search-nothing')
  })

  it('keeps a draft through a reload', async () => {
    await doctor.composer().fill('Je vérifie encore')
    await doctor.goBack()
    await doctor.see(doctor.row(nathalie).getByText('Brouillon :'))
    await doctor.page.reload()
    await doctor.unlock()
    await doctor.openFromInbox(nathalie)
    expect(await doctor.composer().inputValue()).toBe('Je vérifie encore')
  })
})
