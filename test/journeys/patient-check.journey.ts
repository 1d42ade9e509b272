/** Before a patient is identified: a phone asks the service of therapeutic links itself, and says the answer in words. */
import { describe, expect, it } from 'vitest'
import { anneSophie, type Clinician, kevin, nameOf, nathalie } from './clinician.ts'
import { useStage } from './stage.ts'

/** As `npm run sandbox:links` prints them. */
const LINKED = '50.01.01-981.46'
const EXCLUDING = '71123097291'

describe('a patient', () => {
  const stage = useStage({ withLinks: true })
  let pharmacist: Clinician

  const ask = async (number: string) => {
    await pharmacist.page.getByLabel('Numéro national du patient').fill(number)
    await pharmacist.page.getByRole('button', { name: 'Vérifier', exact: true }).click()
  }

  it('is asked about in the composer, once there is somebody to tell', async () => {
    const nurse = await stage.openPhone('kevin')
    const doctor = await stage.openDesk('anne-sophie')
    pharmacist = await stage.openPhone('nathalie')
    for (const [person, who] of [
      [nurse, kevin],
      [doctor, anneSophie],
      [pharmacist, nathalie],
    ] as const) {
      await person.onboard(who)
    }
    await pharmacist.writeTo(kevin)
    await pharmacist.press('Patient et délai')
    await pharmacist.press('Vérifier le lien thérapeutique')
    await ask('50.01.01-981.47')
    await pharmacist.see(/pas un numéro national/)
  })

  it('has a link with the nurse, or has excluded him, or nobody answers', async () => {
    const asked: string[] = []
    pharmacist.page.on('request', (request) => asked.push(`${request.url()} ${request.postData() ?? ''}`))
    await ask(LINKED)
    await pharmacist.see(`${nameOf(kevin)} a un lien thérapeutique avec ce patient.`)
    await pharmacist.picture('patient-check')
    await ask(EXCLUDING)
    await pharmacist.see(new RegExp(`Ce patient a exclu ${nameOf(kevin)}`))
    expect(asked.join('\n')).not.toContain(EXCLUDING)
    await pharmacist.press('Fermer')
    await pharmacist.press('Vérifier le lien thérapeutique')
    expect(await pharmacist.page.getByLabel('Numéro national du patient').inputValue()).toBe('')
    pharmacist.line.cut()
    await ask(LINKED)
    await pharmacist.see(/on ne sait pas si ce patient a exclu/)
    pharmacist.line.mend()
  })
})
