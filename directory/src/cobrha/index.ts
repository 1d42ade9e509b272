// @pli/directory/cobrha: the Belgian register over the wire. For Node only.

export {
  type AddressBook,
  type AddressBookOptions,
  createAddressBook,
} from './addressbook/address-book.ts'
export type * from './addressbook/answers.ts'
export type { OrganisationCriteria, Paging, ProfessionalCriteria } from './addressbook/criteria.ts'
export { isSamePerson } from './addressbook/join.ts'
export { type CobrhaSourceOptions, createCobrhaSource } from './register/cobrha-source.ts'
export { readTlsFiles, samlTokenFromFile, type TlsFiles } from './wire/connection.ts'
export type { TlsIdentity } from './wire/http-wire.ts'
