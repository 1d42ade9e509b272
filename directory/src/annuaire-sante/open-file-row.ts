// One row of the open file as an activity. Not concerned with grouping rows by person.

import type { Activity } from './activity.ts'
import type { Cells } from './columns.ts'

export function activityOfRow(cells: Cells): Activity {
  const name = cells('Raison sociale site') || cells('Enseigne commerciale site')
  const technicalId = cells('Identifiant technique de la structure')
  const finess = cells('Numéro FINESS site')
  const isStructure = name !== '' || technicalId !== '' || finess !== ''
  return {
    idnps: cells('Identification nationale PP'),
    lastName: cells('Nom d’exercice'),
    firstName: cells('Prénom d’exercice'),
    professionCode: cells('Code profession'),
    categoryCode: cells('Code catégorie professionnelle'),
    specialty: { code: cells('Code savoir-faire'), name: cells('Libellé savoir-faire') },
    modeCode: cells('Code mode exercice'),
    ...(isStructure ? { structure: { technicalId, finess, name } } : {}),
    postcode: cells('Code postal (coord. structure)'),
    inseeCode: cells('Code commune (coord. structure)'),
    town: cells('Libellé commune (coord. structure)'),
  }
}
