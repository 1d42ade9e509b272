/** What makes them apps: installable, opening without a network, and a push that says nothing. */
import type { CDPSession } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { anneSophie, type Clinician, nathalie } from './clinician.ts'
import { useStage } from './stage.ts'

describe('the apps themselves', () => {
  const stage = useStage()
  let doctor: Clinician
  let pharmacist: Clinician

  it('begins with a message from one to the other', async () => {
    doctor = await stage.openPhone('anne-sophie')
    pharmacist = await stage.openDesk('nathalie')
    await Promise.all([doctor.onboard(anneSophie), pharmacist.onboard(nathalie)])
    await pharmacist.writeTo(anneSophie)
    await pharmacist.write('À lire aussi sans réseau')
    await doctor.see(doctor.row(nathalie))
  })

  it('both can be installed', async () => {
    for (const person of [doctor, pharmacist]) {
      const session = await person.page.context().newCDPSession(person.page)
      const { installabilityErrors } = await session.send('Page.getInstallabilityErrors')
      // A browser profile of a test is an incognito one.
      expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([])
      const { data } = await session.send('Page.getAppManifest')
      const manifest = JSON.parse(data ?? '') as { name: string; display: string; icons: { src: string }[] }
      expect(manifest).toMatchObject({ name: 'Pli', display: 'standalone' })
      for (const { src } of manifest.icons) {
        const icon = await person.page.request.get(new URL(src, person.appUrl).href)
        expect([src, icon.status(), icon.headers()['content-type']]).toEqual([src, 200, 'image/png'])
      }
    }
  })

  it('both open without a network, and what is there can be read', async () => {
    for (const [person, other] of [
      [doctor, nathalie],
      [pharmacist, anneSophie],
    ] as const) {
      await person.page.evaluate(() => navigator.serviceWorker.ready)
      await person.loseNetwork()
      const tab = await stage.openTab(person, `${person.name}-offline`)
      await person.page.close()
      await tab.open()
      await tab.unlock()
      await tab.see(/Hors ligne depuis/)
      await tab.openFromInbox(other)
      await tab.read('À lire aussi sans réseau')
      await tab.goToSettings()
      await tab.picture('settings-offline')
      await tab.regainNetwork()
      await tab.seeNoMore(/Hors ligne depuis/)
      if (person === doctor) doctor = tab
      else pharmacist = tab
    }
  })

  it('a push shows that something waits, and nothing else', async () => {
    await doctor.page.context().grantPermissions(['notifications'], { origin: stage.url })
    await doctor.lock()
    await push(doctor, `{"from":"${nathalie.lastName}"}`)
    await doctor.see('Quelque chose vous attend.')
    await doctor.picture('lock-something-waits')
    const shown = await doctor.page.evaluate(async () => {
      const registration = await navigator.serviceWorker.getRegistration()
      const notices = (await registration?.getNotifications()) ?? []
      return notices.map(({ title, body, data }) => ({ title, body, data: data as unknown }))
    })
    expect(shown).toEqual([
      { title: 'Pli', body: 'Un message vous attend. Ouvrez Pli pour le lire.', data: null },
    ])
    await doctor.unlock()
    await doctor.see(doctor.row(nathalie))
  })
})

/** What a push service would hand to the service worker. */
async function push(person: Clinician, data: string): Promise<void> {
  const session = await person.page.context().newCDPSession(person.page)
  const registrationId = await registrationOf(session, person.appUrl)
  await session.send('ServiceWorker.deliverPushMessage', {
    origin: new URL(person.appUrl).origin,
    registrationId,
    data,
  })
  await session.detach()
}

async function registrationOf(session: CDPSession, scopeUrl: string): Promise<string> {
  return new Promise((resolve) => {
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const found = registrations.find((registration) => registration.scopeURL === scopeUrl)
      if (found !== undefined) resolve(found.registrationId)
    })
    void session.send('ServiceWorker.enable')
  })
}
