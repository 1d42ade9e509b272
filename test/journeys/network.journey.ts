/** Bad networks, bad moments: away and back, a reload in the middle, a relay that dies. Nothing lost, nothing twice. */
import { describe, expect, it } from 'vitest'
import { anneSophie, type Clinician, nathalie } from './clinician.ts'
import { useStage } from './stage.ts'

describe('when the network or the relay goes away', () => {
  const stage = useStage()
  let nurse: Clinician
  let doctor: Clinician

  const arrivesOnce = async (reader: Clinician, texts: string[]) => {
    for (const text of texts) await reader.read(text)
    for (const text of texts) expect([text, await reader.countMessages(text)]).toEqual([text, 1])
  }

  it('begins with two people who write to each other', async () => {
    nurse = await stage.openPhone('nathalie')
    doctor = await stage.openDesk('anne-sophie')
    await Promise.all([nurse.onboard(nathalie), doctor.onboard(anneSophie)])
    await nurse.writeTo(anneSophie)
    await nurse.write('Premier message')
    await doctor.openFromInbox(nathalie)
    await doctor.read('Premier message')
    await doctor.write('Bien reçu')
    await nurse.read('Bien reçu')
  })

  it('the recipient is away: the relay keeps it, and it arrives when they are back', async () => {
    await doctor.loseNetwork()
    await doctor.see(/Hors ligne depuis/)
    const texts = ['Pendant votre absence, un', 'Pendant votre absence, deux', 'Pendant votre absence, trois']
    for (const text of texts) await nurse.write(text)
    for (const text of texts) await nurse.seeState(text, 'Au relais')
    await doctor.picture('offline-recipient')
    await doctor.regainNetwork()
    await arrivesOnce(doctor, texts)
    for (const text of texts) await nurse.seeState(text, 'Sur son appareil')
    await doctor.seeNoMore(/Hors ligne depuis/)
  })

  it('the sender is away: it waits here, says so, survives a reload, and goes by itself', async () => {
    await nurse.loseNetwork()
    await nurse.write('Écrit dans la cave')
    await nurse.seeState('Écrit dans la cave', 'En attente ici')
    await nurse.see(/Hors ligne depuis .* Tout partira seul\./)
    await nurse.picture('offline-conversation')
    await nurse.page.reload()
    await nurse.unlock()
    await nurse.seeState('Écrit dans la cave', 'En attente ici')
    await nurse.goBack()
    await nurse.see(nurse.page.getByRole('heading', { name: /^En attente sur cet appareil/ }))
    await nurse.picture('offline-inbox')
    await nurse.regainNetwork()
    await arrivesOnce(doctor, ['Écrit dans la cave'])
    await nurse.openFromInbox(anneSophie)
    await nurse.seeState('Écrit dans la cave', 'Sur son appareil')
  })

  it('what waits can be taken back before it goes', async () => {
    await nurse.loseNetwork()
    await nurse.write('Retiré à temps')
    await nurse.seeState('Retiré à temps', 'En attente ici')
    await nurse.openDetails('Retiré à temps')
    await nurse.press('Ne pas envoyer')
    await nurse.see('Message retiré avant l’envoi')
    await nurse.regainNetwork()
    await nurse.write('Envoyé après')
    await arrivesOnce(doctor, ['Envoyé après'])
    expect(await doctor.countMessages('Retiré à temps')).toBe(0)
  })

  it('a reload in the middle of sending loses nothing and sends nothing twice', async () => {
    const texts = ['Rechargé un', 'Rechargé deux', 'Rechargé trois', 'Rechargé quatre']
    for (const text of texts) await nurse.write(text)
    await nurse.read('Rechargé quatre')
    await nurse.page.reload()
    await nurse.unlock()
    for (const text of texts) await nurse.seeState(text, 'Sur son appareil')
    await arrivesOnce(doctor, texts)
    await arrivesOnce(nurse, texts)
  })

  it('the relay is killed while both write: when it is back, everything arrives once', async () => {
    await nurse.write('Juste avant la panne')
    await stage.killRelay()
    await nurse.write('Question pendant la panne')
    await doctor.write('Réponse pendant la panne')
    await nurse.seeState('Question pendant la panne', 'En attente ici')
    await doctor.seeState('Réponse pendant la panne', 'En attente ici')
    await stage.restartRelay()
    await arrivesOnce(doctor, ['Juste avant la panne', 'Question pendant la panne'])
    await arrivesOnce(nurse, ['Réponse pendant la panne'])
    await nurse.seeState('Question pendant la panne', 'Sur son appareil')
    await doctor.seeState('Réponse pendant la panne', 'Sur son appareil')
    await nurse.page.reload()
    await nurse.unlock()
    await arrivesOnce(nurse, [
      'Réponse pendant la panne',
      'Juste avant la panne',
      'Question pendant la panne',
    ])
  })
})
