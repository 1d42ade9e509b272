/** The mock's people: invented, every one. */
import type { ConversationId } from '@pli/client'
import type { DirectoryPerson, PersonId, Place, ProfessionCode } from '@pli/protocol/wire'

const place = (postcode: string, fr: string, nl = fr): Place => ({ postcode, nsi: `2${postcode}`, fr, nl })

export const places = {
  wsl: place('1200', 'Woluwe-Saint-Lambert', 'Sint-Lambrechts-Woluwe'),
  wsp: place('1150', 'Woluwe-Saint-Pierre', 'Sint-Pieters-Woluwe'),
  auderghem: place('1160', 'Auderghem', 'Oudergem'),
  ixelles: place('1050', 'Ixelles', 'Elsene'),
  etterbeek: place('1040', 'Etterbeek'),
  mons: place('7000', 'Mons', 'Bergen'),
}

function person(
  id: number,
  firstName: string,
  lastName: string,
  profession: ProfessionCode,
  cdHcparty: string,
  where: Place,
  more: { organisation?: string; nihii8?: string; reachable?: boolean; active?: boolean } = {},
): DirectoryPerson {
  const { organisation, nihii8, reachable = true, active = true } = more
  return {
    personId: `p${id}` as PersonId,
    firstName,
    lastName,
    deceased: false,
    ...(reachable && { accountId: accountOf(id) }),
    roles: [
      {
        roleId: `r${id}`,
        profession,
        cdHcparty,
        place: where,
        active,
        ...(organisation && { organisation }),
        ...(nihii8 && { nihii8 }),
      },
    ],
  }
}

export function accountOf(id: number): ConversationId {
  return `00000000-0000-4000-8000-${String(id).padStart(12, '0')}` as ConversationId
}

export const nathalie = person(1, 'Nathalie', 'Van den Berghe', 'PHARMACIST', 'perspharmacist', places.wsl, {
  organisation: 'Pharmacie Van den Berghe – De Smet',
  nihii8: '20002071',
})
export const kevin = person(2, 'Kévin', 'Oulad-Haddou', 'NURSE', 'persnurse', places.auderghem, {
  organisation: 'Soins à domicile Les Tilleuls',
})
export const lieven = person(3, 'Lieven', 'Claeys', 'PHARMACIST', 'perspharmacist', places.wsp, {
  organisation: 'Apotheek Claeys-Vermeersch',
})
export const pierre = person(
  4,
  'Pierre-Emmanuel',
  'de Brouckère-Castaigne',
  'PHYSICIAN',
  'perscardiologist',
  places.ixelles,
  { organisation: 'Cliniques Sainte-Aldegonde' },
)
export const ines = person(5, 'Inès', 'Bakkali', 'MIDWIFE', 'persmidwife', places.etterbeek, {
  organisation: 'Maison de naissance Le Nid',
})
export const claire = person(6, 'Claire', 'Mercier', 'PHYSICIAN', 'persgeneralphysician', places.mons, {
  organisation: 'Maison médicale du Beffroi',
})
export const anneSophie = person(
  7,
  'Anne-Sophie',
  'Lemaire',
  'PHYSICIAN',
  'persgeneralphysician',
  places.wsp,
  {
    organisation: 'Cabinet du Parc Malou',
    nihii8: '10004762',
  },
)
const anne = person(8, 'Anne', 'Lemaire', 'NURSE', 'persnurse', places.auderghem, {
  organisation: 'Soins à domicile Les Tilleuls',
  nihii8: '40001908',
})
const annelies = person(9, 'Annelies', 'Lemaire', 'PHARMACIST', 'perspharmacist', places.wsl, {
  organisation: 'Pharmacie Van den Berghe – De Smet',
  nihii8: '20002072',
})
const anneCatherine = person(10, 'Anne-Catherine', 'Lemaire', 'PHYSICIAN', 'persgeriatrist', places.ixelles, {
  organisation: 'Cliniques Sainte-Aldegonde',
  nihii8: '10004763',
  reachable: false,
})
const jan = person(11, 'Jan', 'Van den Broeck', 'PHYSICIAN', 'persgeneralphysician', places.wsl, {
  organisation: 'Groepspraktijk De Kerselaar',
})
const sofie = person(12, 'Sofie', 'Van den Bossche', 'NURSE', 'persnurse', places.wsp, {
  organisation: 'Résidence Roseraie',
  active: false,
})
const bart = person(13, 'Bart', 'Van den Borne', 'PHYSIOTHERAPIST', 'persphysiotherapist', places.wsl)

export const everybody = [
  nathalie,
  kevin,
  lieven,
  pierre,
  ines,
  claire,
  anneSophie,
  anne,
  annelies,
  anneCatherine,
  jan,
  sofie,
  bart,
]
