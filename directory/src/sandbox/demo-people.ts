// The named people of the demonstration, fixed whatever the seed, and their namesakes. All invented; their
// identifiers pass the checks.
// Their SSINs are here so that a sandbox identity provider can sign them in; nothing of this file may be used
// outside a sandbox.

import type { ProfessionCode } from '../professions/professions.ts'

export interface DemoPerson {
  /** what a sandbox sign-in page calls them: `nathalie` */
  readonly slug: string
  readonly personId: string
  readonly firstName: string
  readonly lastName: string
  readonly language: 'fr' | 'nl'
  /** 11 digits */
  readonly ssin: string
  /** 11 digits */
  readonly nihii11?: string
  readonly profession: ProfessionCode
  readonly cdHcparty: string
  readonly specialty?: string
  readonly organisation?: { readonly name: string; readonly cdHcparty: string; readonly cbe: string }
  readonly postcode: string
}

const pharmacyVandenBerghe = {
  name: 'Pharmacie Van den Berghe – De Smet',
  cdHcparty: 'orgpharmacy',
  cbe: '0200000142',
}
const lesTilleuls = { name: 'Soins à domicile Les Tilleuls', cdHcparty: 'groupofnurses', cbe: '0200000241' }
const sainteAldegonde = { name: 'Cliniques Sainte-Aldegonde', cdHcparty: 'orghospital', cbe: '0200000340' }
const parcMalou = {
  name: 'Cabinet du Parc Malou',
  cdHcparty: 'groupofphysicianssameaddress',
  cbe: '0200000439',
}
const lindeboom = {
  name: 'Huisartsenpraktijk De Lindeboom',
  cdHcparty: 'groupofphysicianssameaddress',
  cbe: '0200000538',
}
const leNid = { name: 'Maison de naissance Le Nid', cdHcparty: 'orgpractice', cbe: '0200000637' }

/** The people a sandbox can be signed in as. */
export const demoPeople: readonly DemoPerson[] = [
  {
    slug: 'nathalie',
    personId: 'demo-nathalie',
    firstName: 'Nathalie',
    lastName: 'Van den Berghe',
    language: 'fr',
    ssin: '84031296275',
    nihii11: '61204723001',
    profession: 'PHARMACIST',
    cdHcparty: 'perspharmacist',
    organisation: pharmacyVandenBerghe,
    postcode: '1200',
  },
  {
    slug: 'anne-sophie',
    personId: 'demo-anne-sophie',
    firstName: 'Anne-Sophie',
    lastName: 'Lemaire',
    language: 'fr',
    ssin: '79092595814',
    nihii11: '10476295004',
    profession: 'PHYSICIAN',
    cdHcparty: 'persgeneralphysician',
    specialty: 'deptgeneralpractice',
    organisation: parcMalou,
    postcode: '1150',
  },
  {
    slug: 'kevin',
    personId: 'demo-kevin',
    firstName: 'Kévin',
    lastName: 'Oulad-Haddou',
    language: 'fr',
    ssin: '91061897154',
    nihii11: '41882323401',
    profession: 'NURSE',
    cdHcparty: 'persnurse',
    organisation: lesTilleuls,
    postcode: '1160',
  },
  {
    slug: 'lieven',
    personId: 'demo-lieven',
    firstName: 'Lieven',
    lastName: 'Claeys',
    language: 'nl',
    ssin: '76040398564',
    nihii11: '11739077004',
    profession: 'PHYSICIAN',
    cdHcparty: 'persgeneralphysician',
    specialty: 'deptgeneralpractice',
    organisation: lindeboom,
    postcode: '9000',
  },
  {
    slug: 'emilie',
    personId: 'demo-emilie',
    firstName: 'Émilie',
    lastName: 'Dujardin',
    language: 'fr',
    ssin: '87012194466',
    nihii11: '20351885001',
    profession: 'PHARMACIST',
    cdHcparty: 'pershospitalpharmacist',
    specialty: 'depthospitalpharmacy',
    organisation: sainteAldegonde,
    postcode: '1050',
  },
  {
    slug: 'ines',
    personId: 'demo-ines',
    firstName: 'Inès',
    lastName: 'Bakkali',
    language: 'fr',
    ssin: '93081193268',
    nihii11: '43764123301',
    profession: 'MIDWIFE',
    cdHcparty: 'persmidwife',
    organisation: leNid,
    postcode: '1040',
  },
]

/** In the directory, not in the sign-in: who else might be meant by `Lemaire` or `Van den Berghe` near Woluwe. */
export const namesakes: readonly DemoPerson[] = [
  {
    slug: 'anne-sophie-2',
    personId: 'demo-anne-sophie-2',
    firstName: 'Anne-Sophie',
    lastName: 'Lemaire',
    language: 'fr',
    ssin: '88110293854',
    nihii11: '53116606527',
    profession: 'PHYSIOTHERAPIST',
    cdHcparty: 'persphysiotherapist',
    postcode: '1200',
  },
  {
    slug: 'anne-catherine',
    personId: 'demo-anne-catherine',
    firstName: 'Anne-Catherine',
    lastName: 'Lemaire',
    language: 'fr',
    ssin: '72080996641',
    nihii11: '12884568597',
    profession: 'PHYSICIAN',
    cdHcparty: 'persgeriatrist',
    specialty: 'deptgeriatry',
    organisation: sainteAldegonde,
    postcode: '1050',
  },
  {
    slug: 'anne',
    personId: 'demo-anne',
    firstName: 'Anne',
    lastName: 'Lemaire',
    language: 'fr',
    ssin: '69051790668',
    profession: 'NURSE',
    cdHcparty: 'persnurse',
    organisation: lesTilleuls,
    postcode: '1160',
  },
  {
    slug: 'annelies',
    personId: 'demo-annelies',
    firstName: 'Annelies',
    lastName: 'Lemaire',
    language: 'nl',
    ssin: '95022795451',
    nihii11: '61990225001',
    profession: 'PHARMACIST',
    cdHcparty: 'perspharmacist',
    organisation: pharmacyVandenBerghe,
    postcode: '1200',
  },
  {
    slug: 'francoise',
    personId: 'demo-francoise',
    firstName: 'Françoise',
    lastName: 'Van den Berghe',
    language: 'fr',
    ssin: '82042605839',
    nihii11: '18749704004',
    profession: 'PHYSICIAN',
    cdHcparty: 'persgeneralphysician',
    specialty: 'deptgeneralpractice',
    postcode: '1050',
  },
  {
    slug: 'pieter',
    personId: 'demo-pieter',
    firstName: 'Pieter',
    lastName: 'Vandenberghe',
    language: 'nl',
    ssin: '77061598332',
    profession: 'NURSE',
    cdHcparty: 'persnurse',
    organisation: sainteAldegonde,
    postcode: '1050',
  },
]
