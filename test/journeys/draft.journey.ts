/** What is being written outlives a lock by hand, a lock by itself and a reload; a wrong address leads back. */
import { describe, expect, it } from 'vitest'
import { makeWoundPhoto } from '../demo/canaries.ts'
import { anneSophie, type Clinician, nathalie } from './clinician.ts'
import { setForward } from './clock.ts'
import { useStage } from './stage.ts'

const MINUTE_MS = 60_000
const QUESTION = 'Dose du soir ?'
const ANSWER = 'Je vérifie l’ordonnance'

describe('a sentence begun', () => {
  const stage = useStage({ withClock: true })
  let doctor: Clinician

  const seeDraft = async (text: string) => {
    await expect.poll(() => doctor.composer().inputValue(), { timeout: 20_000 }).toBe(text)
    await doctor.see(doctor.page.locator('.writer').getByText(QUESTION))
    expect(await doctor.page.getByLabel('Patient, initiales').inputValue()).toBe('M. D.')
    expect(await doctor.page.getByLabel('Réponse avant').inputValue()).not.toBe('')
  }

  it('begins with a question that came', async () => {
    doctor = await stage.openDesk('anne-sophie')
    const pharmacist = await stage.openPhone('nathalie')
    await Promise.all([doctor.onboard(anneSophie), pharmacist.onboard(nathalie)])
    await pharmacist.writeTo(anneSophie)
    await pharmacist.write(QUESTION)
    await doctor.openFromInbox(nathalie)
    await doctor.read(QUESTION)
    await pharmacist.page.context().close()
  })

  it('is all there after locking at the very last key', async () => {
    await doctor.openDetails(QUESTION)
    await doctor.press('Citer')
    await doctor.press('Patient et délai')
    await doctor.page.getByLabel('Patient, initiales').fill('M. D.')
    await doctor.page.getByLabel('Réponse avant').selectOption({ index: 5 })
    await doctor.composer().pressSequentially(ANSWER)
    await doctor.page.keyboard.press('Alt+KeyL')
    await doctor.unlock()
    await seeDraft(ANSWER)
  })

  it('that is dictated, without a key, keeps the lock away', async () => {
    const minutes = 3
    await doctor.goTo('Moi')
    await doctor.page.getByLabel('Redemander le code après').selectOption({ label: '5 min sans toucher' })
    await doctor.goTo('Messages')
    await doctor.openFromInbox(nathalie)
    await seeDraft(ANSWER)
    for (const words of ['un', 'deux', 'trois']) {
      await setForward(doctor.page, minutes * MINUTE_MS)
      // Fills the field as a dictation does: the text is there, no key was pressed.
      await doctor.composer().fill(`${ANSWER}, ${words}`)
    }
    // Were it due, this touch would find that the time was up.
    await doctor.composer().click()
    await doctor.goTo('Moi')
    await doctor.seeTitle('Moi')
    await doctor.goTo('Messages')
    await doctor.openFromInbox(nathalie)
    await seeDraft(`${ANSWER}, trois`)
  })

  it('is all there after the lock came by itself, and after a reload', async () => {
    await setForward(doctor.page, 6 * MINUTE_MS)
    await doctor.unlock()
    await seeDraft(`${ANSWER}, trois`)
    await doctor.page.reload()
    await doctor.unlock()
    await seeDraft(`${ANSWER}, trois`)
    await doctor.picture('conversation-draft-kept')
  })

  it('goes once, and leaves nothing behind', async () => {
    await doctor.page.keyboard.press('Alt+KeyR')
    await doctor.press('Envoyer')
    await doctor.read(`${ANSWER}, trois`)
    await doctor.page.reload()
    await doctor.unlock()
    await doctor.read(`${ANSWER}, trois`)
    expect(await doctor.composer().inputValue()).toBe('')
    expect(await doctor.page.locator('.writer .quote').count()).toBe(0)
    expect(await doctor.page.getByLabel('Patient, initiales').count()).toBe(0)
  })

  it('a chosen photo outlives a lock in the same breath, and a reload, and goes once', async () => {
    const picked = doctor.page.getByText('Lieu et appareil seront retirés')
    const bytes = Buffer.from(await makeWoundPhoto('nobody'))
    await doctor.takePhoto({ name: 'IMG_2.jpg', bytes })
    await doctor.composer().fill('Talon gauche')
    await doctor.page.keyboard.press('Alt+KeyL')
    await doctor.unlock()
    await doctor.see(picked)
    await doctor.page.reload()
    await doctor.unlock()
    await doctor.see(picked)
    await expect.poll(() => doctor.composer().inputValue()).toBe('Talon gauche')
    await doctor.press('Envoyer')
    await doctor.see(doctor.photo('Talon gauche').locator('img'))
    await doctor.page.reload()
    await doctor.unlock()
    await doctor.see(doctor.photo('Talon gauche').locator('img'))
    expect(await doctor.composer().inputValue()).toBe('')
    expect(await picked.count()).toBe(0)
  })

  it('a photo sent and locked behind in the same breath is sent', async () => {
    const bytes = Buffer.from(await makeWoundPhoto('nobody'))
    await doctor.takePhoto({ name: 'IMG_1.jpg', bytes })
    await doctor.composer().fill('Talon droit')
    await doctor.press('Envoyer')
    await doctor.page.keyboard.press('Alt+KeyL')
    await doctor.unlock()
    await doctor.see(doctor.photo('Talon droit').locator('img'))
    expect(await doctor.composer().inputValue()).toBe('')
  })

  it('an address that leads to nobody says so, with a way back', async () => {
    await doctor.page.goto(`${doctor.appUrl}#/c/00000000-0000-4000-8000-000000009999`)
    await doctor.seeTitle('Conversation introuvable')
    await doctor.picture('conversation-missing')
    await doctor.page.getByRole('link', { name: 'Aux messages' }).click()
    await doctor.seeInbox()
    await doctor.seeNoMore('Conversation introuvable')
  })

  it('the list of devices says which one this is; removing it is signing out', async () => {
    await doctor.goTo('Moi')
    await doctor.see(doctor.page.getByText('Cet appareil', { exact: true }))
    await doctor.press(/^Retirer/)
    await doctor.press('Effacer cet appareil')
    await doctor.seeTitle('Trouvez-vous dans l’annuaire')
  })
})
