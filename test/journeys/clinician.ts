/**
 * A person in front of one tab of an app: what they do, and what they wait to see, by the roles and names that a screen
 * reader would tell. Not concerned with what a journey proves.
 */
import type { Locator, Page } from 'playwright-core'
import type { Line } from './line.ts'
import { lookAt } from './pictures.ts'
import { bytesOf } from './shown-photos.ts'

export type Form = 'phone' | 'desk'

export const PIN = '482916'

/** As the sandbox's directory and sign-in page name them. */
export interface Identity {
  firstName: string
  lastName: string
  place: string
}

export const nathalie: Identity = { firstName: 'Nathalie', lastName: 'Van den Berghe', place: 'Woluwe' }
export const anneSophie: Identity = { firstName: 'Anne-Sophie', lastName: 'Lemaire', place: 'Woluwe' }
export const kevin: Identity = { firstName: 'Kévin', lastName: 'Oulad-Haddou', place: '' }

export const nameOf = ({ firstName, lastName }: Identity) => `${firstName} ${lastName}`

interface Options {
  page: Page
  line: Line
  form: Form
  /** For pictures. */
  name: string
  appUrl: string
  /** Broken promises of any screen are noted here, and fail the file at its end. */
  complaints: string[]
}

export class Clinician {
  readonly page: Page
  readonly line: Line
  readonly form: Form
  readonly name: string
  readonly appUrl: string
  readonly complaints: string[]

  constructor({ page, line, form, name, appUrl, complaints }: Options) {
    this.page = page
    this.line = line
    this.form = form
    this.name = name
    this.appUrl = appUrl
    this.complaints = complaints
  }

  // ─── The app as such ────────────────────────────────────────────────────────────────────────────────────

  async open(): Promise<void> {
    await this.page.goto(this.appUrl)
  }

  /** Keeps a picture of this moment, and what is wrong with it for somebody who cannot see it. */
  async picture(moment: string): Promise<void> {
    this.complaints.push(...(await lookAt(this.page, `${this.form}-${moment}`)))
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name })
  }

  async press(name: string | RegExp): Promise<void> {
    await this.button(name).first().click()
  }

  /** One of several that exclude each other. */
  async choose(name: string): Promise<void> {
    await this.page
      .getByRole('radiogroup')
      .or(this.page.getByRole('group'))
      .getByText(name, { exact: true })
      .click()
    await this.page.getByRole('radio', { name, checked: true }).waitFor({ state: 'attached' })
  }

  /** Waits until it is on the screen. */
  async see(what: string | RegExp | Locator): Promise<void> {
    await this.visible(what).waitFor()
  }

  async seeNoMore(what: string | RegExp | Locator): Promise<void> {
    await this.visible(what).waitFor({ state: 'detached' })
  }

  /** A narrow window may hold what it does not show. */
  private visible(what: string | RegExp | Locator): Locator {
    const locator = isLocator(what) ? what : this.page.getByText(what)
    return locator.filter({ visible: true }).first()
  }

  async seeTitle(name: string | RegExp): Promise<void> {
    await this.see(this.page.getByRole('heading', { name }))
  }

  // ─── First minutes ──────────────────────────────────────────────────────────────────────────────────────

  /** From an empty browser to the inbox, by the national sign-in. */
  async onboard(who: Identity, pin = PIN): Promise<void> {
    await this.open()
    await this.findSelf(who)
    await this.prove(who)
    await this.choosePin(pin)
    await this.finishOnboarding()
  }

  async findSelf(who: Identity): Promise<void> {
    await this.seeTitle('Trouvez-vous dans l’annuaire')
    await this.page.getByLabel('Nom et prénom').fill(`${who.lastName} ${who.firstName}`)
    if (who.place) await this.page.getByLabel('Commune d’exercice').fill(who.place)
    await this.page
      .getByRole('option', { name: nameOf(who) })
      .first()
      .click()
    await this.press(/^C’est moi,/)
  }

  async prove(who: Identity): Promise<void> {
    await this.seeTitle('Prouvez que c’est vous')
    await this.press('Continuer avec eHealth')
    await this.signInAs(who)
  }

  /** On the sandbox's sign-in page. */
  async signInAs(who: Identity): Promise<void> {
    await this.seeTitle('Se connecter')
    await this.press(new RegExp(nameOf(who)))
  }

  async choosePin(pin: string, again = pin): Promise<void> {
    await this.seeTitle('Choisissez votre code')
    await this.enterPin(pin, 'Continuer')
    await this.seeTitle('Encore une fois')
    await this.enterPin(again, 'Continuer')
  }

  async finishOnboarding(): Promise<void> {
    await this.seeTitle('Être prévenu')
    await this.press('Plus tard')
    await this.seeTitle('C’est prêt')
    await this.press('Commencer')
    await this.seeInbox()
  }

  /** On a phone with the thumb, at a desk with the keyboard. */
  async enterPin(pin: string, submit: string): Promise<void> {
    const field = this.page.getByLabel('Code, six chiffres ou plus')
    await field.waitFor({ state: 'attached' })
    if (this.form === 'phone') {
      const pad = this.page.getByRole('group', { name: 'Clavier du code' })
      for (const digit of pin) await pad.getByRole('button', { name: digit, exact: true }).click()
      await this.press(submit)
    } else {
      await field.fill(pin)
      await field.press('Enter')
    }
  }

  async unlock(pin = PIN): Promise<void> {
    await this.seeTitle('Votre code')
    await this.enterPin(pin, 'Ouvrir')
  }

  async lock(): Promise<void> {
    if (this.form === 'desk') await this.press('Verrouiller')
    else {
      await this.goToSettings()
      await this.press('Verrouiller maintenant')
    }
    await this.seeTitle('Votre code')
  }

  // ─── Places ─────────────────────────────────────────────────────────────────────────────────────────────

  async seeInbox(): Promise<void> {
    await this.see(this.page.getByRole('heading', { name: 'Messages', exact: true }))
  }

  async goTo(part: 'Messages' | 'Annuaire' | 'Moi'): Promise<void> {
    const navigation = this.page.getByRole('navigation', { name: 'Navigation principale' })
    await navigation.getByRole('link', { name: part }).click()
  }

  /** From wherever one is: a conversation on a phone covers the bar at the bottom. */
  async goToSettings(): Promise<void> {
    const navigation = this.page.getByRole('navigation', { name: 'Navigation principale' })
    if (!(await navigation.isVisible())) await this.goBack()
    await this.goTo('Moi')
    await this.seeTitle('Moi')
  }

  async goBack(): Promise<void> {
    await this.press('Retour')
  }

  /** Finds somebody in the directory and opens the conversation. */
  async writeTo(who: Identity): Promise<void> {
    if (this.form === 'desk') await this.press('Écrire (touche N)')
    else await this.page.getByRole('link', { name: 'Écrire' }).click()
    await this.seeTitle('Nouveau message')
    const typed = `${who.lastName} ${who.firstName}`
    const box = this.page.getByRole('combobox').first()
    await box.fill(this.form === 'desk' ? typed : `${typed} ${who.place}`)
    await this.page
      .getByRole('option', { name: nameOf(who) })
      .filter({ hasText: 'CoBRHA' })
      .first()
      .click()
    await this.seeConversation(who)
  }

  async openFromInbox(who: Identity): Promise<void> {
    await this.row(who).click()
    await this.seeConversation(who)
  }

  row(who: Identity): Locator {
    return this.page.getByRole('link', { name: nameOf(who) }).first()
  }

  async seeConversation(who: Identity): Promise<void> {
    await this.see(this.button(new RegExp(`^Voir la fiche de .*${nameOf(who)}`)))
    await this.see(this.composer())
  }

  // ─── Writing and reading ────────────────────────────────────────────────────────────────────────────────

  composer(): Locator {
    return this.page.getByRole('textbox', { name: /^Message à/ })
  }

  async write(text: string): Promise<void> {
    await this.composer().fill(text)
    if (this.form === 'desk') await this.composer().press('Enter')
    else await this.press('Envoyer')
  }

  thread(): Locator {
    return this.page.getByRole('log', { name: 'Messages' })
  }

  /** Messages that say this themselves; one that only quotes it is another. */
  message(text: string): Locator {
    const said = this.page.getByRole('paragraph').filter({ hasText: text })
    return this.thread().locator('[data-message]').filter({ has: said })
  }

  async read(text: string): Promise<void> {
    await this.see(this.message(text))
  }

  /** Waits until the message says so of itself: `En attente ici`, `Au relais`, `Sur son appareil` … */
  async seeState(text: string, state: string): Promise<void> {
    await this.see(this.message(text).getByRole('button', { name: new RegExp(`^${state}`) }))
  }

  /** Shows the way a message went and what can be done with it. */
  async openDetails(text: string): Promise<void> {
    await this.message(text)
      .getByRole('button', { name: /Détails$/ })
      .click()
  }

  async countMessages(text: string): Promise<number> {
    return this.message(text).count()
  }

  // ─── Photos ─────────────────────────────────────────────────────────────────────────────────────────────

  /** What the camera or the file chooser hands to the app. */
  async takePhoto(file: { name: string; bytes: Buffer }): Promise<void> {
    const choosing = this.page.waitForEvent('filechooser')
    await this.press(this.form === 'phone' ? 'Prendre une photo' : 'Choisir une photo')
    await (await choosing).setFiles({ name: file.name, mimeType: 'image/jpeg', buffer: file.bytes })
  }

  async pastePicture(png: Buffer): Promise<void> {
    await this.composer().evaluate((field, base64) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
      const clipboardData = new DataTransfer()
      clipboardData.items.add(new File([bytes], 'image.png', { type: 'image/png' }))
      field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
    }, png.toString('base64'))
  }

  photo(caption: string): Locator {
    return this.thread().getByRole('button', { name: `Ouvrir la photo : ${caption}` })
  }

  /** The very bytes that are on the screen, once the whole photo is there. */
  async bytesOfPhoto(caption: string): Promise<Buffer> {
    await this.seeNoMore(this.photo(caption).getByText('La photo arrive'))
    return bytesOf(this.photo(caption).locator('img'))
  }

  // ─── The network ────────────────────────────────────────────────────────────────────────────────────────

  async loseNetwork(): Promise<void> {
    this.line.cut()
    await this.page.context().setOffline(true)
  }

  async regainNetwork(): Promise<void> {
    this.line.mend()
    await this.page.context().setOffline(false)
  }
}

function isLocator(what: string | RegExp | Locator): what is Locator {
  return typeof what !== 'string' && !(what instanceof RegExp)
}
