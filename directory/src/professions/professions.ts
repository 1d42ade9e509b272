// The professions that the AddressBook knows, their names in four languages, and their CD-HCPARTY codes.
// Source: AddressBook profession codes; CD-HCPARTY for the codes of people (misspelt ones kept as they are).
// Not concerned with the words people type for them (profession-words.ts).

export const professionCodes = [
  'PHYSICIAN',
  'DENTIST',
  'PHARMACIST',
  'PHYSIOTHERAPIST',
  'NURSE',
  'MIDWIFE',
  'AUDIOLOGIST',
  'DIETICIAN',
  'LOGOPEDIST',
  'ORTHOPEDIST',
  'ORTHOPTIST',
  'PODOLOGIST',
  'PSYCHOLOGIST',
] as const

export type ProfessionCode = (typeof professionCodes)[number]

export interface FourNames {
  readonly fr: string
  readonly nl: string
  readonly en: string
  readonly de: string
}

export const professionNames: Readonly<Record<ProfessionCode, FourNames>> = {
  PHYSICIAN: { fr: 'Médecin', nl: 'Arts', en: 'Physician', de: 'Arzt' },
  DENTIST: { fr: 'Dentiste', nl: 'Tandarts', en: 'Dentist', de: 'Zahnarzt' },
  PHARMACIST: { fr: 'Pharmacien', nl: 'Apotheker', en: 'Pharmacist', de: 'Apotheker' },
  PHYSIOTHERAPIST: {
    fr: 'Kinésithérapeute',
    nl: 'Kinesitherapeut',
    en: 'Physiotherapist',
    de: 'Physiotherapeut',
  },
  NURSE: { fr: 'Infirmier', nl: 'Verpleegkundige', en: 'Nurse', de: 'Krankenpfleger' },
  MIDWIFE: { fr: 'Sage-femme', nl: 'Vroedvrouw', en: 'Midwife', de: 'Hebamme' },
  AUDIOLOGIST: { fr: 'Audiologue', nl: 'Audioloog', en: 'Audiologist', de: 'Audiologe' },
  DIETICIAN: { fr: 'Diététicien', nl: 'Diëtist', en: 'Dietician', de: 'Ernährungsberater' },
  LOGOPEDIST: { fr: 'Logopède', nl: 'Logopedist', en: 'Speech therapist', de: 'Logopäde' },
  ORTHOPEDIST: {
    fr: 'Technologue en orthopédie',
    nl: 'Orthopedisch technoloog',
    en: 'Orthopaedic technologist',
    de: 'Orthopädietechniker',
  },
  ORTHOPTIST: { fr: 'Orthoptiste', nl: 'Orthoptist', en: 'Orthoptist', de: 'Orthoptist' },
  PODOLOGIST: { fr: 'Podologue', nl: 'Podoloog', en: 'Podologist', de: 'Podologe' },
  PSYCHOLOGIST: { fr: 'Psychologue', nl: 'Psycholoog', en: 'Psychologist', de: 'Psychologe' },
}

/** CD-HCPARTY codes of each profession; the first is the general one. */
export const cdHcpartyOfProfession: Readonly<Record<ProfessionCode, readonly [string, ...string[]]>> = {
  PHYSICIAN: [
    'persphysician',
    'persadultpsychiatrist',
    'persaestheticsurger',
    'persanathomopathologist',
    'persanesthesistandresuscitation',
    'perscardiologist',
    'perschildandadolescentpsychiatrist',
    'persclinialhematologist',
    'persclinicalbiologist',
    'persclinicalinfectiologist',
    'persdermatovenereologist',
    'persdiabetologist',
    'persemergencyphycisian',
    'persendocrinodiabetologist',
    'persforensicpsychiatrust',
    'persgastroenterologist',
    'persgeneralphysician',
    'persgeriatrist',
    'persgynecologistobstetrics',
    'persinsurancephysician',
    'persinternalphysician',
    'perslegalphysician',
    'persmedicalmicrobiologist',
    'persneonatologist',
    'persnephrologist',
    'persneurologist',
    'persneuropsychiatrist',
    'persneurosurger',
    'persnonsurgicalaestheticphysician',
    'persoccupationalphysician',
    'personcologist',
    'persophthalmologist',
    'persoralmaxillofacialsurger',
    'persorthopedist',
    'persotolaryngologist',
    'perspediatrichematologistoncologist',
    'perspediatrician',
    'perspediatricneurologist',
    'persphysicalphysician',
    'perspneumologist',
    'perspsychatrist',
    'persrheumatologist',
    'persstomatologist',
    'perssurger',
    'persurologist',
  ],
  DENTIST: ['persdentist', 'persorthodontist', 'persperiodontologist'],
  PHARMACIST: ['perspharmacist', 'pershospitalpharmacist', 'perspharmacistclinicalbiologist'],
  PHYSIOTHERAPIST: [
    'persphysiotherapist',
    'persabdpelvrehabandperinatalphysiotherapist',
    'perscardiovascularphysiotherapist',
    'persmanualtherapist',
    'persneurologicalphysiotherapist',
    'perspediatricphysiotherapist',
    'persrespiratoryphysiotherapist',
  ],
  NURSE: ['persnurse', 'persdiabeticeducator'],
  MIDWIFE: ['persmidwife'],
  AUDIOLOGIST: ['persaudiologist'],
  DIETICIAN: ['persdietician'],
  LOGOPEDIST: ['perslogopedist'],
  ORTHOPEDIST: [
    'persorthotist',
    'persbandagistorthosiologist',
    'persmobilityimprover',
    'persprosthesiologist',
    'persshoetechnologist',
  ],
  ORTHOPTIST: ['persorthoptist'],
  PODOLOGIST: ['perspodologist'],
  PSYCHOLOGIST: ['perspsychologist', 'persclinicalpsychologist'],
}

const professionOfCode: ReadonlyMap<string, ProfessionCode> = new Map(
  professionCodes.flatMap((profession) =>
    cdHcpartyOfProfession[profession].map((code): [string, ProfessionCode] => [code, profession]),
  ),
)

/** The profession of a CD-HCPARTY code of a person; undefined for codes that the AddressBook has no profession for. */
export function professionOfCdHcparty(code: string): ProfessionCode | undefined {
  return professionOfCode.get(code)
}
