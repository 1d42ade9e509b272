// The columns of the open file `PS_LibreAcces_Personne_activite`: 56, separated by `|`, named in the first line. One row
// is one activity of one person. UTF-8 without quoting.
// Source: names and order as public programs that read the file list them (2026); the file itself was not at hand.
// Not concerned with what a row means (open-file-row.ts).

import { DirectoryError } from '../errors.ts'

export const columnNames = [
  'Type d’identifiant PP',
  'Identifiant PP',
  'Identification nationale PP',
  'Code civilité d’exercice',
  'Libellé civilité d’exercice',
  'Code civilité',
  'Libellé civilité',
  'Nom d’exercice',
  'Prénom d’exercice',
  'Code profession',
  'Libellé profession',
  'Code catégorie professionnelle',
  'Libellé catégorie professionnelle',
  'Code type savoir-faire',
  'Libellé type savoir-faire',
  'Code savoir-faire',
  'Libellé savoir-faire',
  'Code mode exercice',
  'Libellé mode exercice',
  'Numéro SIRET site',
  'Numéro SIREN site',
  'Numéro FINESS site',
  'Numéro FINESS établissement juridique',
  'Identifiant technique de la structure',
  'Raison sociale site',
  'Enseigne commerciale site',
  'Complément destinataire (coord. structure)',
  'Complément point géographique (coord. structure)',
  'Numéro Voie (coord. structure)',
  'Indice répétition voie (coord. structure)',
  'Code type de voie (coord. structure)',
  'Libellé type de voie (coord. structure)',
  'Libellé Voie (coord. structure)',
  'Mention distribution (coord. structure)',
  'Bureau cedex (coord. structure)',
  'Code postal (coord. structure)',
  'Code commune (coord. structure)',
  'Libellé commune (coord. structure)',
  'Code pays (coord. structure)',
  'Libellé pays (coord. structure)',
  'Téléphone (coord. structure)',
  'Téléphone 2 (coord. structure)',
  'Télécopie (coord. structure)',
  'Adresse e-mail (coord. structure)',
  'Code Département (structure)',
  'Libellé Département (structure)',
  'Ancien identifiant de la structure',
  'Autorité d’enregistrement',
  'Code secteur d’activité',
  'Libellé secteur d’activité',
  'Code section tableau pharmaciens',
  'Libellé section tableau pharmaciens',
  'Code rôle',
  'Libellé rôle',
  'Code genre activité',
  'Libellé genre activité',
] as const

export type ColumnName = (typeof columnNames)[number]

/** The cells of one row, by column. */
export type Cells = (name: ColumnName) => string

/**
 * How rows under this header are read: undefined for a row with another number of cells.
 * @throws DirectoryError `source-malformed` when a column is missing, is there twice, or there are others
 */
export function readHeader(line: string): (row: string) => Cells | undefined {
  const found = split(line).map(plain)
  const positions = new Map(found.map((name, at) => [name, at]))
  const isAsAgreed =
    found.length === columnNames.length &&
    positions.size === columnNames.length &&
    columnNames.every((name) => positions.has(plain(name)))
  if (!isAsAgreed) {
    const detail = columnNames.filter((name) => !positions.has(plain(name))).join(', ')
    throw new DirectoryError(
      'source-malformed',
      'The open file’s columns are not the 56 that are known.',
      detail,
    )
  }
  const positionOf = new Map(columnNames.map((name) => [name, positions.get(plain(name)) ?? 0]))
  return (row) => {
    const cells = split(row)
    if (cells.length !== columnNames.length) return undefined
    return (name) => (cells[positionOf.get(name) ?? 0] ?? '').trim()
  }
}

/** A separator at the end of the line, which some editions have, begins no cell. */
function split(line: string): string[] {
  const cells = line.split('|')
  if (cells.length === columnNames.length + 1 && cells.at(-1)?.trim() === '') cells.pop()
  return cells
}

/** Apostrophes, capitals and a byte order mark differ between editions. */
function plain(name: string): string {
  return name.replace('\uFEFF', '').replaceAll('’', "'").trim().toLowerCase()
}
