/**
 * Asking, before a patient is identified in a conversation, whether the patient has excluded the colleague, and whether
 * there is a therapeutic link. The interface that a national service is connected by; this package's own is
 * `http-links.ts`. The relay is no part of it: it neither passes a question on nor sees an answer.
 * Not concerned with what a person does with the answer.
 */
import type { PersonId } from '@pli/protocol/wire'
import type { PatientNumber } from './patient-number.ts'

export interface AskedProfessional {
  /** the register's id */
  registerId: PersonId
  /** eight digits, for those who have one */
  nihii8?: string
}

/** Every method throws when the service does not answer, or not in time. */
export interface TherapeuticLinks {
  /** Of the person, whatever they practise, or of a house they work for. */
  hasExclusion(patient: PatientNumber, professional: AskedProfessional): Promise<boolean>
  hasLink(patient: PatientNumber, professional: AskedProfessional): Promise<boolean>
}

export type LinkOutcome = 'link' | 'no_link' | 'excluded' | 'unavailable'

/** An exclusion beats a link, and is told even where the other question had no answer. Never throws. */
export async function checkPatient(
  links: TherapeuticLinks,
  patient: PatientNumber,
  professional: AskedProfessional,
): Promise<LinkOutcome> {
  const [exclusion, link] = await Promise.allSettled([
    links.hasExclusion(patient, professional),
    links.hasLink(patient, professional),
  ])
  if (exclusion.status === 'rejected') return 'unavailable'
  if (exclusion.value) return 'excluded'
  if (link.status === 'rejected') return 'unavailable'
  return link.value ? 'link' : 'no_link'
}
