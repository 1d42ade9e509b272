/**
 * The question as a messenger asks it: about the colleague of a conversation. Loaded when it is asked first.
 * Not concerned with how the service is asked.
 */
import type { MessengerContext } from '../accounts/messenger-context.ts'
import type { ConversationId, PatientCheck } from '../api.ts'
import { createHttpLinks } from './http-links.ts'
import { readPatientNumber } from './patient-number.ts'
import { checkPatient, type TherapeuticLinks } from './therapeutic-links.ts'

export interface LinksQuestions {
  check(conversationId: ConversationId, typedNumber: string): Promise<PatientCheck>
}

export function createLinksQuestions(context: MessengerContext): LinksQuestions {
  const { store, relay, device, nowMs } = context
  let opened: Promise<TherapeuticLinks | undefined> | undefined
  const open = async (): Promise<TherapeuticLinks | undefined> => {
    const { links } = await relay.config()
    // What the relay itself answers is no service: it would learn whom a conversation is about.
    if (links === undefined || links.serviceUrl === relay.origin) return undefined
    const fetchToken = (keyThumbprint: string) => relay.linksToken(device.deviceToken, keyThumbprint)
    return createHttpLinks({ serviceUrl: links.serviceUrl, fetchToken, nowMs })
  }
  return {
    async check(conversationId, typedNumber) {
      const patient = readPatientNumber(typedNumber)
      if (patient === undefined) return 'not_a_number'
      opened ??= open()
      const links = await opened.catch(() => {
        opened = undefined
        return undefined
      })
      const person = (await store.get('conversations', conversationId))?.person
      if (links === undefined || person === undefined) return 'unavailable'
      const nihii8 = person.roles.find((role) => role.nihii8 !== undefined)?.nihii8
      return checkPatient(links, patient, {
        registerId: person.personId,
        ...(nihii8 === undefined ? {} : { nihii8 }),
      })
    },
  }
}
