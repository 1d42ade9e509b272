/** Somebody whom the directory does not have is let in by a pharmacist who knows her, is written to, and let go again. */
import { describe, it } from 'vitest'
import { type Clinician, nathalie, PIN } from './clinician.ts'
import { useStage } from './stage.ts'

const aurore = { firstName: 'Aurore', lastName: 'Desplechin', place: '' }
const WELCOME = 'Bienvenue parmi nous.'
const THANKS = 'Merci de votre confiance.'

describe('a trainee who is in no register', () => {
  const stage = useStage()
  let pharmacist: Clinician
  let trainee: Clinician

  const digits = async () =>
    (await trainee.page.locator('.asked__code .num').innerText()).replaceAll(/\D/g, '').slice(0, 6)

  it('says so, says who she is, and who answers for her', async () => {
    pharmacist = await stage.openDesk('nathalie')
    trainee = await stage.openPhone('aurore')
    await pharmacist.onboard(nathalie)
    await trainee.open()
    await trainee.press('Je ne suis pas dans la liste')
    await trainee.seeTitle('Demandez à quelqu’un de se porter garant')
    await trainee.page.getByLabel('Prénom').fill(aurore.firstName)
    await trainee.page.getByLabel('Nom', { exact: true }).fill(aurore.lastName)
    await trainee.page.getByLabel('Profession ou fonction').fill('Interne en pharmacie')
    await trainee.page.getByLabel('Code postal').fill('1200')
    await trainee.page.getByLabel('Établissement').fill('Hôpital du Parc')
    await trainee.page.getByRole('combobox', { name: /^Nom, commune/ }).fill('van den berghe nathalie')
    await trainee.picture('guarantor-search')
    await trainee.page
      .getByRole('option', { name: /Nathalie Van den Berghe/ })
      .first()
      .click()
    await trainee.picture('guarantor-form')
    await trainee.press(/^Demander à Nathalie/)
    await trainee.seeTitle('Nathalie Van den Berghe doit décider')
    await trainee.picture('guarantor-digits')
  })

  it('is on the pharmacist’s screen at once, and still asking after a reload', async () => {
    await pharmacist.seeTitle(/On vous demande d’être garant|Rappel du dimanche/)
    await pharmacist.see('Interne en pharmacie · Hôpital du Parc, 1200 Woluwe-Saint-Lambert')
    await pharmacist.picture('guarantor-card')
    const before = await digits()
    await trainee.page.reload()
    await trainee.seeTitle('Nathalie Van den Berghe doit décider')
    if ((await digits()) !== before) throw new Error('the digits changed')
  })

  it('is not let in on digits that somebody guesses', async () => {
    await pharmacist.press('Accepter Aurore Desplechin')
    const field = pharmacist.page.getByLabel('Les six chiffres')
    await field.fill((await digits()) === '000000' ? '111111' : '000000')
    await pharmacist.page.getByRole('dialog').getByRole('button', { name: 'Accepter' }).click()
    await pharmacist.see('Ces chiffres ne sont pas ceux de cette demande. Faites-les répéter.')
    await pharmacist.picture('guarantor-wrong-digits')
  })

  it('is let in on those that she said', async () => {
    await pharmacist.page.getByLabel('Les six chiffres').fill(await digits())
    await pharmacist.page.getByRole('dialog').getByRole('button', { name: 'Accepter' }).click()
    await pharmacist.see('Aurore Desplechin peut maintenant utiliser Pli.')
    await trainee.seeTitle('Nathalie Van den Berghe répond de vous')
    await trainee.picture('guarantor-yes')
    await trainee.press('Continuer')
    await trainee.choosePin(PIN)
    await trainee.finishOnboarding()
  })

  it('is found, with the name of who answers for her, and written to', async () => {
    await pharmacist.goTo('Annuaire')
    await pharmacist.page.getByLabel('Nom et prénom').fill('desplechin aurore')
    const found = pharmacist.page.getByRole('option', { name: /Garant : Nathalie Van den Berghe/ })
    await pharmacist.see(found)
    await found.first().click()
    await pharmacist.picture('guarantor-found')
    await pharmacist.page.getByRole('complementary').getByRole('button', { name: 'Écrire' }).click()
    await pharmacist.seeConversation(aurore)
    await pharmacist.write(WELCOME)
    await trainee.openFromInbox(nathalie)
    await trainee.read(WELCOME)
    await trainee.write(THANKS)
    await pharmacist.read(THANKS)
    await pharmacist.picture('guarantor-conversation')
  })

  it('is cut off when the pharmacist no longer answers for her', async () => {
    await pharmacist.goTo('Moi')
    await pharmacist.press('Ne plus répondre de Aurore Desplechin')
    await pharmacist.page.getByLabel('Motif').fill('Stage terminé')
    await pharmacist.picture('guarantor-revoking')
    await pharmacist.page.getByRole('dialog').getByRole('button', { name: 'Ne plus répondre' }).click()
    await pharmacist.see('Vous ne répondez plus de Aurore Desplechin.')
    await trainee.see('Personne ne répond plus de vous.')
    await trainee.picture('guarantor-ended')
  })
})
