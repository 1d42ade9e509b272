// @pli/directory/annuaire-sante: the French register. For Node only.

export { type AnnuaireSanteOptions, createAnnuaireSanteSource } from './annuaire-sante-source.ts'
