// French professions and specialties as ours. What the AddressBook has no code for (occupational therapists, opticians,
// laboratory technicians, …) is set aside with its reason.
// Source: TRE_G15-ProfessionSante for professions; specialties (TRE_R38) by the beginning of their French name, and by
// the codes that are certain, since the FHIR interface gives codes without names.
// Not concerned with diplomas.

import { fold } from '../names/fold.ts'
import type { ProfessionCode } from '../professions/professions.ts'

interface Occupation {
  readonly profession: ProfessionCode
  readonly cdHcparty: string
}

const professions: Readonly<Record<string, Occupation>> = {
  10: { profession: 'PHYSICIAN', cdHcparty: 'persphysician' },
  21: { profession: 'PHARMACIST', cdHcparty: 'perspharmacist' },
  26: { profession: 'AUDIOLOGIST', cdHcparty: 'persaudiologist' },
  40: { profession: 'DENTIST', cdHcparty: 'persdentist' },
  50: { profession: 'MIDWIFE', cdHcparty: 'persmidwife' },
  60: { profession: 'NURSE', cdHcparty: 'persnurse' },
  69: { profession: 'NURSE', cdHcparty: 'persnurse' },
  70: { profession: 'PHYSIOTHERAPIST', cdHcparty: 'persphysiotherapist' },
  80: { profession: 'PODOLOGIST', cdHcparty: 'perspodologist' },
  81: { profession: 'ORTHOPEDIST', cdHcparty: 'persprosthesiologist' },
  82: { profession: 'ORTHOPEDIST', cdHcparty: 'persshoetechnologist' },
  83: { profession: 'ORTHOPEDIST', cdHcparty: 'persorthotist' },
  91: { profession: 'LOGOPEDIST', cdHcparty: 'perslogopedist' },
  92: { profession: 'ORTHOPTIST', cdHcparty: 'persorthoptist' },
  93: { profession: 'PSYCHOLOGIST', cdHcparty: 'perspsychologist' },
  95: { profession: 'DIETICIAN', cdHcparty: 'persdietician' },
}

/** Of physicians and dentists: beginning of the folded name, codes, who they are in CD-HCPARTY. The first that fits. */
const specialties: readonly (readonly [name: string, codes: readonly string[], cdHcparty: string])[] = [
  ['qualifie en medecine generale', ['SM26'], 'persgeneralphysician'],
  ['specialiste en medecine generale', ['SM53'], 'persgeneralphysician'],
  ['medecine generale', ['SM54'], 'persgeneralphysician'],
  ['anesthesie', ['SM02'], 'persanesthesistandresuscitation'],
  ['cardiologie', ['SM04'], 'perscardiologist'],
  ['dermatologie', ['SM15'], 'persdermatovenereologist'],
  ['geriatrie', ['SM18'], 'persgeriatrist'],
  ['gynecologie', ['SM20'], 'persgynecologistobstetrics'],
  ['gastro', ['SM24'], 'persgastroenterologist'],
  ['medecine du travail', ['SM25'], 'persoccupationalphysician'],
  ['medecine interne', ['SM27'], 'persinternalphysician'],
  ['medecine d urgence', [], 'persemergencyphycisian'],
  ['medecine physique', [], 'persphysicalphysician'],
  ['nephrologie', ['SM30'], 'persnephrologist'],
  ['neurochirurgie', [], 'persneurosurger'],
  ['neurologie', ['SM32'], 'persneurologist'],
  ['neuro psychiatrie', [], 'persneuropsychiatrist'],
  ['o r l', [], 'persotolaryngologist'],
  ['orl', [], 'persotolaryngologist'],
  ['oto rhino', [], 'persotolaryngologist'],
  ['oncologie', [], 'personcologist'],
  ['ophtalmologie', ['SM38'], 'persophthalmologist'],
  ['pediatrie', ['SM40'], 'perspediatrician'],
  ['pneumologie', ['SM41'], 'perspneumologist'],
  ['psychiatrie option enfant', ['SM43'], 'perschildandadolescentpsychiatrist'],
  ['psychiatrie', ['SM42'], 'perspsychatrist'],
  ['rhumatologie', ['SM48'], 'persrheumatologist'],
  ['stomatologie', [], 'persstomatologist'],
  ['urologie', [], 'persurologist'],
  ['chirurgie urologique', [], 'persurologist'],
  ['chirurgie orthopedique', [], 'persorthopedist'],
  ['chirurgie', [], 'perssurger'],
  ['orthopedie dento', [], 'persorthodontist'],
]

/** Undefined for a profession that we have no code for. */
export function occupationOf(
  professionCode: string,
  specialty: { code: string; name: string },
): Occupation | undefined {
  const general = professions[professionCode]
  if (general?.profession !== 'PHYSICIAN' && general?.profession !== 'DENTIST') return general
  const name = fold(specialty.name)
  const narrow = specialties.find(
    ([beginning, codes]) => codes.includes(specialty.code) || (name !== '' && name.startsWith(beginning)),
  )
  return narrow === undefined ? general : { ...general, cdHcparty: narrow[2] }
}
