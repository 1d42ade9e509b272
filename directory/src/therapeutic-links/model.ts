/**
 * What a therapeutic link and an exclusion are. Source: the Belgian platform's rules: who may hold which kind of link and
 * for how long, exclusions by the person of the professional. Not concerned with where they are kept.
 */
import { professionOfCdHcparty } from '../professions/professions.ts'

/** Longest duration of each, in months. */
export const linkMonths = { gp: 15, pharmacist: 15, occasional_doctor: 3, emergency: 1 } as const
export type LinkKind = keyof typeof linkMonths
export const linkKinds = Object.keys(linkMonths) as LinkKind[]

/** A patient as the registry names them: opaque, one for each. Never a national number in the clear. */
export type PatientKey = string

export interface TherapeuticLink {
  linkId: string
  patient: PatientKey
  /** of the professional: their person, whatever they practise */
  personId: string
  kind: LinkKind
  startsAtMs: number
  endsAtMs: number
}

/** A professional as the platform's register knows them: one person, however many professions. */
export interface LinkProfessional {
  /** stands for the SSIN: equal for all professions of one person, and for nobody else */
  personId: string
  /** of the organisations they work for, eight digits each */
  organisationNihii8s: readonly string[]
  /** CD-HCPARTY codes */
  cdHcparties: readonly string[]
}

/** Whoever is excluded: a person with all that they practise, or a house with all who work there. */
export type Excluded = { personId: string } | { organisationNihii8: string }

/** The same day so many months later; the last of the month where there is none. */
export function addMonths(atMs: number, months: number): number {
  const from = new Date(atMs)
  const day = from.getUTCDate()
  const to = new Date(atMs)
  to.setUTCDate(1)
  to.setUTCMonth(to.getUTCMonth() + months)
  const lastDay = new Date(Date.UTC(to.getUTCFullYear(), to.getUTCMonth() + 1, 0)).getUTCDate()
  to.setUTCDate(Math.min(day, lastDay))
  return to.getTime()
}

/** Which kind needs which profession; `undefined`: any. */
const KINDS_OF: Readonly<Record<LinkKind, ((cdHcparty: string) => boolean) | undefined>> = {
  gp: (code) => code === 'persgeneralphysician' || code === 'persphysician',
  pharmacist: (code) => code.includes('pharmacist'),
  occasional_doctor: (code) => professionOfCdHcparty(code) === 'PHYSICIAN',
  emergency: undefined,
}

export function mayHold({ cdHcparties }: LinkProfessional, kind: LinkKind): boolean {
  const isOfProfession = KINDS_OF[kind]
  return isOfProfession === undefined || cdHcparties.some(isOfProfession)
}
