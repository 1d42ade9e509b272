/** At the desk without a mouse, from the first page to an answered question: every step by key, every focus where it helps. */
import { describe, expect, it } from 'vitest'
import { anneSophie, type Clinician, nameOf, nathalie, PIN } from './clinician.ts'
import { useStage } from './stage.ts'

const TABS_AT_MOST = 40
const OPTIONS_AT_MOST = 60

describe('by keyboard alone', () => {
  const stage = useStage()
  let pharmacist: Clinician
  let doctor: Clinician

  const key = (name: string) => pharmacist.page.keyboard.press(name)
  const type = (text: string) => pharmacist.page.keyboard.type(text)

  /** What a screen reader would say of the focused element: its text, label or placeholder. */
  const focused = () =>
    pharmacist.page.evaluate(() => {
      const element = document.activeElement
      if (!(element instanceof HTMLElement)) return ''
      const labels =
        element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? element.labels : null
      const spoken = element.getAttribute('aria-label') ?? labels?.[0]?.textContent ?? element.textContent
      return (spoken ?? '').trim()
    })

  const tabTo = async (name: RegExp) => {
    for (let tabs = 0; tabs < TABS_AT_MOST; tabs += 1) {
      if (name.test(await focused())) return
      await key('Tab')
    }
    throw new Error(`${TABS_AT_MOST} tabs do not lead to ${name}; the focus is on "${await focused()}"`)
  }
  const focusComesTo = (name: RegExp) => expect.poll(focused, { timeout: 10_000 }).toMatch(name)

  /** In the list that what was typed has opened. */
  const pickByArrows = async (name: string) => {
    const wanted = pharmacist.page.getByRole('option', { name }).first()
    await pharmacist.see(wanted)
    // The list may change under the keys while answers come in: what is chosen is what the field says is active.
    const active = () =>
      pharmacist.page.evaluate(() => document.activeElement?.getAttribute('aria-activedescendant'))
    for (let presses = 0; (await active()) !== (await wanted.getAttribute('id')); presses += 1) {
      if (presses === OPTIONS_AT_MOST) throw new Error(`the arrows do not lead to ${name}`)
      await key('ArrowDown')
    }
    await key('Enter')
  }

  it('one finds oneself, proves it and chooses a PIN', async () => {
    doctor = await stage.openPhone('anne-sophie')
    await doctor.onboard(anneSophie)
    pharmacist = await stage.openDesk('nathalie')
    await pharmacist.open()
    await focusComesTo(/^Nom et prénom$/)
    await type('Van den Berghe')
    await key('Tab')
    await focusComesTo(/^Commune d’exercice$/)
    await type('Woluwe')
    await pickByArrows(nameOf(nathalie))
    await tabTo(/^C’est moi, Nathalie Van den Berghe$/)
    await key('Enter')
    await pharmacist.seeTitle('Prouvez que c’est vous')
    await tabTo(/^Continuer avec eHealth$/)
    await key('Enter')
    await pharmacist.seeTitle('Se connecter')
    await tabTo(/^Nathalie Van den Berghe/)
    await key('Enter')
    for (const title of ['Choisissez votre code', 'Encore une fois']) {
      await pharmacist.seeTitle(title)
      await focusComesTo(/^Code, six chiffres ou plus$/)
      await type(PIN)
      await key('Enter')
    }
    await pharmacist.seeTitle('Être prévenu')
    await tabTo(/^Plus tard$/)
    await key('Enter')
    await pharmacist.seeTitle('C’est prêt')
    await tabTo(/^Commencer$/)
    await key('Enter')
    await pharmacist.seeInbox()
  })

  it('one finds somebody and writes to them', async () => {
    await key('n')
    await pharmacist.seeTitle('Nouveau message')
    await focusComesTo(/^Nom et prénom$/)
    await type('lemaire anne')
    await pickByArrows(nameOf(anneSophie))
    await pharmacist.seeConversation(anneSophie)
    await focusComesTo(/^Message à/)
    await type('Première ligne')
    await key('Shift+Enter')
    await type('Seconde ligne')
    await key('Enter')
    await doctor.openFromInbox(nathalie)
    await doctor.read('Première ligne')
    await doctor.write('Réponse au clavier')
    await pharmacist.read('Réponse au clavier')
  })

  it('one moves between the list, the message and the person', async () => {
    await key('Escape')
    await focusComesTo(/Anne-Sophie Lemaire/)
    await key('r')
    await focusComesTo(/^Message à/)
    await key('Escape')
    await key('/')
    await focusComesTo(/Chercher une personne ou un message/)
    await type('clavier')
    await pharmacist.see(pharmacist.page.getByRole('link', { name: /Réponse au clavier/ }))
    await tabTo(/Réponse au clavier/)
    await key('Enter')
    await pharmacist.seeConversation(anneSophie)
  })

  it('what can be done with a message can be done by key', async () => {
    await key('Escape')
    await tabTo(/^Messages?$/)
    await tabTo(/^Sur son appareil|^Répondu/)
    await key('Enter')
    await pharmacist.see(pharmacist.page.getByRole('list', { name: 'Parcours du message' }))
    await tabTo(/^Citer$/)
    await key('Enter')
    await focusComesTo(/^Message à/)
    await type('Je me cite')
    await key('Enter')
    await doctor.read('Je me cite')
  })

  it('the keys are listed, and lead out again; one key locks', async () => {
    await key('Escape')
    await key('?')
    await pharmacist.see(pharmacist.page.getByRole('dialog', { name: 'Raccourcis clavier' }))
    await pharmacist.picture('shortcuts')
    await key('Escape')
    await pharmacist.seeNoMore(pharmacist.page.getByRole('dialog', { name: 'Raccourcis clavier' }))
    await key('Alt+l')
    await pharmacist.seeTitle('Votre code')
    await focusComesTo(/^Code, six chiffres ou plus$/)
    await pharmacist.picture('lock')
    await type(PIN)
    await key('Enter')
    await pharmacist.read('Je me cite')
  })
})
