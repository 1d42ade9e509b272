// @pli/directory: who practises what, where. The public surface; what is not here is private.

export { DirectoryError, type DirectoryErrorCode } from './errors.ts'
export { formatCbe, isCbeValid, parseTypedCbe, readSourceCbe } from './identifiers/cbe.ts'
export {
  formatNihii,
  isNihiiValid,
  type Nihii,
  parseTypedNihii,
  readSourceNihii,
} from './identifiers/nihii.ts'
export {
  formatSsin,
  isSsinValid,
  type ParsedSsin,
  parseTypedSsin,
  readSourceSsin,
  type Ssin,
} from './identifiers/ssin.ts'
export { computeSsinHmac } from './identifiers/ssin-lookup.ts'
export {
  isPractising,
  isRoleActive,
  type Location,
  type Organisation,
  type Person,
  type Role,
} from './model.ts'
export { nameWords } from './names/fold.ts'
export { belgianPlaces, type Places } from './names/places.ts'
export { titleOf } from './professions/cd-hcparty.ts'
export {
  cdHcpartyOfProfession,
  type FourNames,
  type ProfessionCode,
  professionCodes,
  professionNames,
  professionOfCdHcparty,
} from './professions/professions.ts'
export {
  createDirectoryIndex,
  createDirectoryIndexBuilder,
  type DirectoryIndex,
  type DirectoryIndexBuilder,
  MAX_LIMIT,
  MAX_OFFSET,
  MAX_QUERY_CHARACTERS,
} from './search/directory-index.ts'
export type { LocationQuery } from './search/find-locations.ts'
export {
  type MarkedPeople,
  type MatchKind,
  matchKinds,
  type NameRange,
  type OrganisationQuery,
  type OrganisationResult,
  type RowRole,
  type SearchOptions,
  type SearchQuery,
  type SearchRefusal,
  type SearchResult,
  type SearchRow,
} from './search/query.ts'
export { type AskedSandbox, searchInTerminal } from './search/terminal.ts'
