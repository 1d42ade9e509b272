/**
 * People as the directory shows them. Never carries an SSIN.
 * Not concerned with searching: the `directory` package does that.
 */
import { z } from 'zod'
import { accountId, personId } from './ids.ts'
import { limits } from './limits.ts'

const placeName = z.string().max(80)
export const place = z.object({
  postcode: z.string().max(8),
  nsi: z.string().max(8),
  nl: placeName,
  fr: placeName,
  de: placeName.optional(),
})
export type Place = z.infer<typeof place>

/** AddressBook's profession codes. */
export const professionCode = z.enum([
  'PHYSICIAN',
  'DENTIST',
  'PHARMACIST',
  'PHYSIOTHERAPIST',
  'NURSE',
  'MIDWIFE',
  'AUDIOLOGIST',
  'DIETICIAN',
  'LOGOPEDIST',
  'ORTHOPEDIST',
  'ORTHOPTIST',
  'PODOLOGIST',
  'PSYCHOLOGIST',
])
export type ProfessionCode = z.infer<typeof professionCode>

/** `OTHER`: somebody whom the register does not have says in `specialty`, in their own words, what they are. */
export const roleProfession = z.enum([...professionCode.options, 'OTHER'])
export type RoleProfession = z.infer<typeof roleProfession>

/** Somebody answers for this person, who is not in the register. */
export const vouching = z.object({
  by: z.enum(['guarantor', 'operator']),
  /** Of the guarantor, as the register has it now. Absent for an operator. */
  guarantorName: z.string().max(250).optional(),
  untilMs: z.number(),
})

export const directoryRole = z.object({
  roleId: z.string().max(60),
  profession: roleProfession,
  /** CD-HCPARTY code, such as `persphysician` or `deptgeneralpractice`; empty for `OTHER`. */
  cdHcparty: z.string().max(80),
  specialty: z.string().max(120).optional(),
  organisation: z.string().max(160).optional(),
  place,
  /** First eight digits of the NIHII; absent for those who have none. */
  nihii8: z.string().max(8).optional(),
  /** Whether the register says that this role may practise. */
  active: z.boolean(),
})
export type DirectoryRole = z.infer<typeof directoryRole>

export const directoryPerson = z.object({
  personId,
  lastName: z.string().max(120),
  firstName: z.string().max(120),
  roles: z.array(directoryRole).max(40),
  deceased: z.boolean(),
  /** Present when this person can be written to here; only signed-in devices are told. */
  accountId: accountId.optional(),
  /** Absent for people of the register. */
  vouched: vouching.optional(),
})
export type DirectoryPerson = z.infer<typeof directoryPerson>

/** One box (`q`) or by field; empty fields are left out. Travels as a query string. */
export const directoryQuery = z.object({
  q: z.string().max(limits.directoryQueryChars).optional(),
  lastName: z.string().max(limits.directoryQueryChars).optional(),
  firstName: z.string().max(limits.directoryQueryChars).optional(),
  place: z.string().max(limits.directoryQueryChars).optional(),
  profession: professionCode.optional(),
  /** A CD-HCPARTY code, or a specialty's name in any language, perhaps unfinished. */
  specialty: z.string().max(limits.directoryQueryChars).optional(),
  /** Words of the name of the house where somebody works. */
  organisation: z.string().max(limits.directoryQueryChars).optional(),
  identifier: z.string().max(20).optional(),
  limit: z.coerce.number().int().min(1).max(limits.directoryPageRows).default(20),
  offset: z.coerce.number().int().min(0).max(1000).default(0),
})
export type DirectoryQuery = z.input<typeof directoryQuery>

export const directoryPage = z.object({
  rows: z.array(directoryPerson),
  total: z.number().int(),
  /** When nobody was found in the place that was typed: how many there are without it. */
  elsewhere: z.number().int().optional(),
  /** Why an identifier was not searched for: a wrong check, a wrong length, a national number. */
  refusal: z
    .enum(['nihii-checksum', 'cbe-checksum', 'identifier-format', 'ssin-not-searched'])
    .optional()
    .catch(undefined),
})
export type DirectoryPage = z.infer<typeof directoryPage>
