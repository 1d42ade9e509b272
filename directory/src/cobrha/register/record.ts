// One person as the register's snapshot and its consultation give them, and how they become a record of ours.
// Source: the public CoBRHA-shaped JSON (`licenseToPractice`, `healthcareStatus`, `deceased`); the division into
// practices, `id` and `version` are assumed: no example of a snapshot is public.
// Not concerned with where records come from. The SSIN goes no further than this file: only its look-up value does.

import { z } from 'zod'
import { readSourceNihii } from '../../identifiers/nihii.ts'
import { readSourceSsin } from '../../identifiers/ssin.ts'
import type { Location, Organisation, Person, Role } from '../../model.ts'
import { professionCodes } from '../../professions/professions.ts'
import type { QuarantineReason, SourceRow } from '../../source/source.ts'

const MAX_PRACTICES = 50

const id = z.string().regex(/^[A-Za-z0-9_-]{1,40}$/)
const shortText = z.string().min(1).max(100)
const maybe = <T extends z.ZodType>(schema: T): z.ZodOptional<z.ZodNullable<T>> =>
  schema.nullable().optional()

const addressSchema = z.object({
  zipCode: z.string().regex(/^\d{4}$/),
  nsiCode: z.string().regex(/^\d{5}$/),
  nl: maybe(shortText),
  fr: maybe(shortText),
  de: maybe(shortText),
})

const practiceSchema = z.object({
  id: z.string().regex(/^[A-Za-z0-9_-]{1,60}$/),
  discipline: z.enum(professionCodes),
  cdHcparty: z.string().min(1).max(80),
  speciality: maybe(shortText),
  nihii: maybe(z.string().max(20)),
  licenseToPractice: z.boolean(),
  from: maybe(z.iso.date()),
  until: maybe(z.iso.date()),
  organization: maybe(
    z.object({
      id: z.string().regex(/^[A-Za-z0-9_-]{1,60}$/),
      name: z.string().min(1).max(300),
      type: z.string().min(1).max(80),
      nihii: maybe(z.string().max(20)),
      cbe: maybe(z.string().max(20)),
      address: addressSchema,
    }),
  ),
  address: addressSchema,
})

/** Letters of any script, marks, digits, spaces, dots and apostrophes; no control and no direction characters. */
const name = z.string().regex(/^[^\p{C}]{1,200}$/u)

const recordSchema = z.object({
  id,
  version: z.string().min(1).max(100),
  ssin: maybe(z.string().max(20)),
  lastName: name,
  firstName: maybe(z.string().regex(/^[^\p{C}]{0,200}$/u)),
  language: maybe(z.string().max(10)),
  deceased: maybe(z.boolean()),
  practices: z.array(z.unknown()).max(MAX_PRACTICES),
})

type Practice = z.infer<typeof practiceSchema>
type Address = z.infer<typeof addressSchema>

/** What stands where in the first complaint of the schema, and the reason it amounts to. */
const REASON_OF_FIELD: Readonly<Record<string, QuarantineReason>> = {
  id: 'identifier-unusable',
  lastName: 'name-unusable',
  firstName: 'name-unusable',
  practices: 'role-missing',
}
const REASON_OF_PRACTICE_FIELD: Readonly<Record<string, QuarantineReason>> = {
  discipline: 'profession-unknown',
  address: 'place-unusable',
}

/**
 * Never throws: what cannot be used is set aside with its reason.
 * @param record parsed JSON, of any shape
 * @param lookUp 11 digits to the look-up value
 */
export function readRecord(record: unknown, lookUp: (ssin: string) => string): SourceRow {
  const parsed = recordSchema.safeParse(record)
  if (!parsed.success) return quarantine(reasonOf(parsed.error, REASON_OF_FIELD), record)
  const { version, practices, ...of } = parsed.data
  const roles: Role[] = []
  const refusedRoles: QuarantineReason[] = []
  for (const practice of practices) {
    const read = practiceSchema.safeParse(practice)
    if (read.success) roles.push(toRole(read.data, version))
    else refusedRoles.push(reasonOf(read.error, REASON_OF_PRACTICE_FIELD))
  }
  if (roles.length === 0) return quarantine(refusedRoles[0] ?? 'role-missing', record)
  const ssin = readSourceSsin(of.ssin ?? '')
  const person: Person = {
    personId: of.id,
    ...(ssin === undefined ? {} : { ssinHmac: lookUp(ssin.ssin) }),
    lastName: of.lastName,
    firstName: of.firstName ?? '',
    language: toLanguage(of.language),
    deceased: of.deceased ?? false,
    roles,
  }
  return { kind: 'person', person, refusedRoles }
}

function quarantine(reason: QuarantineReason, record: unknown): SourceRow {
  const readId = z.object({ id }).safeParse(record)
  return { kind: 'quarantined', reason, ...(readId.success ? { personId: readId.data.id } : {}) }
}

function reasonOf(error: z.ZodError, reasons: Readonly<Record<string, QuarantineReason>>): QuarantineReason {
  for (const { path } of error.issues) {
    const reason = reasons[String(path[0])]
    if (reason !== undefined) return reason
  }
  return 'row-unreadable'
}

function toRole(practice: Practice, sourceVersion: string): Role {
  const { speciality, from, until, organization } = practice
  return {
    roleId: practice.id,
    profession: practice.discipline,
    cdHcparty: practice.cdHcparty,
    ...(speciality ? { specialty: speciality } : {}),
    ...readSourceNihii(practice.nihii ?? ''),
    licenceToPractise: practice.licenseToPractice,
    ...(from ? { validFromMs: Date.parse(from) } : {}),
    ...(until ? { validUntilMs: Date.parse(until) } : {}),
    source: 'cobrha',
    sourceVersion,
    ...(organization ? { organisation: toOrganisation(organization) } : {}),
    location: toLocation(practice.address),
  }
}

function toOrganisation(from: NonNullable<Practice['organization']>): Organisation {
  const nihii = readSourceNihii(from.nihii ?? '')
  return {
    organisationId: from.id,
    name: from.name,
    cdHcparty: from.type,
    ...(nihii === undefined ? {} : { nihii8: nihii.nihii8 }),
    ...(from.cbe ? { cbe: from.cbe } : {}),
    location: toLocation(from.address),
  }
}

/** A municipality with one name has it in every language. */
function toLocation({ zipCode, nsiCode, nl, fr, de }: Address): Location {
  const only = nl ?? fr ?? de ?? zipCode
  return { postcode: zipCode, nsi: nsiCode, nl: nl ?? only, fr: fr ?? only, ...(de ? { de } : {}) }
}

function toLanguage(written: string | null | undefined): Person['language'] {
  const language = written?.toLowerCase()
  return language === 'fr' || language === 'de' ? language : 'nl'
}
