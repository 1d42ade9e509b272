// What the AddressBook answers, as values. The register's national numbers are in here as look-up values only.
// Not concerned with XML (read-response.ts).

import type { Nihii } from '../../identifiers/nihii.ts'

/** By language as the register writes it, in lower case: `fr`, `nl`, `de`. */
export type LocalisedText = Readonly<Record<string, string>>

export interface PractisedProfession {
  /** as the register has it: usually one of our profession codes */
  readonly code: string
  readonly names: LocalisedText
  /** the last three digits differ between services: join on `nihii8` */
  readonly nihii?: Nihii
  readonly specialities: readonly { readonly code: string; readonly names: LocalisedText }[]
}

export interface AddressBookPerson {
  readonly ssinHmac?: string
  readonly lastName: string
  readonly firstName: string
  readonly middleNames?: string
  readonly language?: string
  readonly gender?: string
}

export interface AddressBookProfessional extends AddressBookPerson {
  readonly professions: readonly PractisedProfession[]
}

export interface PostalAddress {
  /** `WORK` in the examples */
  readonly type: string
  readonly street: LocalisedText
  readonly houseNumber?: string
  readonly postBox?: string
  readonly zipCode?: string
  readonly nsi?: string
  readonly municipality: LocalisedText
  /** two letters */
  readonly country?: string
}

export interface EHealthBox {
  readonly id: string
  readonly type: string
  readonly quality: string
}

/** What only a search for contact information gives: a search result has neither address nor eHealthBox. */
export interface ContactPoints {
  readonly addresses: readonly PostalAddress[]
  /** `Mail` and other kinds */
  readonly additional: readonly { readonly type: string; readonly value: string }[]
  readonly eHealthBoxes: readonly EHealthBox[]
}

export interface ProfessionalContact extends AddressBookPerson {
  readonly practices: readonly (ContactPoints & { readonly profession: PractisedProfession })[]
}

export interface AddressBookOrganisation {
  readonly names: LocalisedText
  readonly type?: string
  readonly nihii?: string
  readonly cbe?: string
  readonly ehp?: string
}

export interface OrganisationContact extends AddressBookOrganisation, ContactPoints {}
