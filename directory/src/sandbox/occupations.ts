// What the sandbox's people do: how many of each profession, their specialties, and where such people work.
// The shares follow the counts of licensed people in Belgium roughly; rare professions are given more.
// Not concerned with the professions' names (professions/).

import type { ProfessionCode } from '../professions/professions.ts'
import type { NihiiFirstDigit } from './identities.ts'
import type { OrganisationKind } from './organisations.ts'
import { createWeightedPick } from './random.ts'

export interface Occupation {
  readonly profession: ProfessionCode
  readonly cdHcparty: string
  readonly specialty?: string
  readonly firstDigit?: NihiiFirstDigit
  /** three invented digits */
  readonly qualification: string
  readonly womenShare: number
  /** of ten such people, how many have a NIHII */
  readonly nihiiShare: number
  /** undefined: alone, without an organisation */
  readonly workplaces: readonly (OrganisationKind | undefined)[]
}

const specialist = (
  cdHcparty: string,
  specialty: string,
  qualification: string,
  womenShare = 0.45,
): Occupation => ({
  profession: 'PHYSICIAN',
  cdHcparty,
  specialty,
  firstDigit: 1,
  qualification,
  womenShare,
  nihiiShare: 1,
  workplaces: ['orghospital', 'orghospital', 'orghospital', 'groupofphysicianssameaddress', undefined],
})

const alone = (
  profession: ProfessionCode,
  cdHcparty: string,
  womenShare: number,
  firstDigit?: 3 | 5,
): Occupation => ({
  profession,
  cdHcparty,
  ...(firstDigit === undefined ? {} : { firstDigit }),
  qualification: '527',
  womenShare,
  nihiiShare: firstDigit === undefined ? 0 : 1,
  workplaces: ['orgpractice', undefined, undefined],
})

export const generalPractice: Occupation = {
  profession: 'PHYSICIAN',
  cdHcparty: 'persgeneralphysician',
  specialty: 'deptgeneralpractice',
  firstDigit: 1,
  qualification: '004',
  womenShare: 0.52,
  nihiiShare: 1,
  workplaces: [
    'groupofphysicianssameaddress',
    'groupofphysicianssameaddress',
    'orgprimaryhealthcarecenter',
    undefined,
  ],
}

export const nursing: Occupation = {
  profession: 'NURSE',
  cdHcparty: 'persnurse',
  firstDigit: 4,
  qualification: '401',
  womenShare: 0.85,
  nihiiShare: 0.45,
  workplaces: ['groupofnurses', 'groupofnurses', 'orghospital', 'orghospital', 'orghospital', undefined],
}

export const midwifery: Occupation = {
  profession: 'MIDWIFE',
  cdHcparty: 'persmidwife',
  firstDigit: 4,
  qualification: '301',
  womenShare: 0.99,
  nihiiShare: 0.8,
  workplaces: ['orghospital', 'orghospital', 'orgpractice', undefined],
}

const pharmacy: Occupation = {
  profession: 'PHARMACIST',
  cdHcparty: 'perspharmacist',
  firstDigit: 6,
  qualification: '001',
  womenShare: 0.7,
  nihiiShare: 1,
  workplaces: ['orgpharmacy'],
}

const hospitalPharmacy: Occupation = {
  ...pharmacy,
  cdHcparty: 'pershospitalpharmacist',
  specialty: 'depthospitalpharmacy',
  firstDigit: 2,
  workplaces: ['orghospital'],
}

/** Draws an occupation in its share of a thousand. */
export const drawOccupation = createWeightedPick<Occupation>([
  [nursing, 400],
  [generalPractice, 95],
  [specialist('persinternalphysician', 'deptinternalmedicine', '580'), 20],
  [specialist('perscardiologist', 'deptcardiology', '730', 0.3), 10],
  [specialist('persgeriatrist', 'deptgeriatry', '597', 0.6), 8],
  [specialist('perspediatrician', 'deptpediatry', '690', 0.65), 12],
  [specialist('persgynecologistobstetrics', 'deptgynecologyobstetrics', '340', 0.6), 10],
  [specialist('perssurger', 'deptsurgery', '140', 0.25), 12],
  [specialist('persdermatovenereologist', 'deptdermatovenereology', '550', 0.65), 7],
  [specialist('persophthalmologist', 'deptophtalmology', '370'), 8],
  [specialist('perspsychatrist', 'deptpsychiatry', '780', 0.5), 12],
  [specialist('persanesthesistandresuscitation', 'deptanesthesiaandresuscitation', '100'), 8],
  [pharmacy, 82],
  [hospitalPharmacy, 10],
  [alone('PHYSIOTHERAPIST', 'persphysiotherapist', 0.6, 5), 120],
  [alone('DENTIST', 'persdentist', 0.55, 3), 45],
  [midwifery, 40],
  [alone('LOGOPEDIST', 'perslogopedist', 0.93, 5), 30],
  [alone('PSYCHOLOGIST', 'persclinicalpsychologist', 0.78), 35],
  [alone('DIETICIAN', 'persdietician', 0.9), 15],
  [alone('PODOLOGIST', 'perspodologist', 0.75), 8],
  [alone('AUDIOLOGIST', 'persaudiologist', 0.65), 6],
  [alone('ORTHOPEDIST', 'persorthotist', 0.4), 4],
  [alone('ORTHOPTIST', 'persorthoptist', 0.85), 3],
])
