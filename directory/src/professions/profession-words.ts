// The words people type for a profession, in four languages, both genders and in short: what one search box needs
// to understand `lemaire kiné` or `claeys huisarts`.
// Not concerned with names that are also professions (De Backer is safe, Arts is not: search/interpret.ts keeps both).

import { nameKey } from '../names/fold.ts'
import { cdHcpartyTable } from './cd-hcparty.ts'
import {
  cdHcpartyOfProfession,
  type ProfessionCode,
  professionCodes,
  professionNames,
} from './professions.ts'

/** `cdHcparty` narrows the profession: general practitioners among physicians. */
export interface ProfessionFilter {
  readonly profession: ProfessionCode
  readonly cdHcparty?: string
}

const SPOKEN_PROFESSIONS: Readonly<Record<ProfessionCode, string>> = {
  PHYSICIAN: 'médecins docteur dokter doctor artsen geneesheer Ärztin',
  DENTIST: 'dentistes tandartsen Zahnärztin',
  PHARMACIST: 'pharmacienne pharmaciens pharmacie pharma apothekers apotheek apothekeres chemist Apotheke',
  PHYSIOTHERAPIST:
    'kiné kine kinés kinesist kinésiste kinesithérapeute physio fysio fysiotherapeut physiotherapeutin',
  NURSE:
    'infirmière infirmiers infirmières verpleger verpleegster thuisverpleegkundige thuisverpleging nurses Krankenschwester Pflegefachfrau',
  MIDWIFE: 'sagefemme sages-femmes accoucheuse vroedvrouwen verloskundige Hebammen',
  AUDIOLOGIST: 'audiologiste audicien',
  DIETICIAN: 'diététicienne diëtiste dietitian nutritionniste',
  LOGOPEDIST: 'logo logopède logopediste orthophoniste',
  ORTHOPEDIST: 'bandagiste orthésiste prothésiste',
  ORTHOPTIST: 'orthoptiste',
  PODOLOGIST: 'podologiste podoloog pédicure podotherapeut',
  PSYCHOLOGIST: 'psychologe psy psycholoog',
}

const SPOKEN_SPECIALTIES: Readonly<Record<string, readonly string[]>> = {
  persgeneralphysician: [
    'généraliste',
    'médecin généraliste',
    'médecin de famille',
    'huisarts',
    'huisdokter',
    'gp',
    'general practitioner',
    'Hausarzt',
    'Hausärztin',
  ],
  pershospitalpharmacist: ['pharmacienne hospitalière'],
  perspediatrician: ['pédiatre'],
  persgynecologistobstetrics: ['gynécologue', 'gynaecoloog'],
  persdermatovenereologist: ['dermatologue', 'dermato', 'dermatoloog', 'huidarts'],
  persotolaryngologist: ['orl', 'nko'],
  persophthalmologist: ['ophtalmo', 'oculiste'],
  perscardiologist: ['cardio'],
}

let words: ReadonlyMap<string, ProfessionFilter> | undefined

/** Joined folded words (`nameKey`) → the profession they mean, read once. */
export function professionWords(): ReadonlyMap<string, ProfessionFilter> {
  words ??= collectWords()
  return words
}

function collectWords(): Map<string, ProfessionFilter> {
  const collected = new Map<string, ProfessionFilter>()
  const add = (spoken: string, filter: ProfessionFilter) => {
    const key = nameKey(spoken)
    if (key !== '' && !collected.has(key)) collected.set(key, filter)
  }
  for (const profession of professionCodes) {
    const [general] = cdHcpartyOfProfession[profession]
    const spoken = [
      ...Object.values(professionNames[profession]),
      ...SPOKEN_PROFESSIONS[profession].split(' '),
    ]
    for (const word of [...spoken, ...tableNames(general)]) add(word, { profession })
  }
  for (const profession of professionCodes) {
    for (const cdHcparty of cdHcpartyOfProfession[profession].slice(1)) {
      const spoken = [...(SPOKEN_SPECIALTIES[cdHcparty] ?? []), ...tableNames(cdHcparty)]
      for (const word of spoken) add(word, { profession, cdHcparty })
    }
  }
  return collected
}

function tableNames(code: string): string[] {
  return Object.values(cdHcpartyTable().get(code) ?? {})
}
