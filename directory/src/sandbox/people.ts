// One synthetic person of the sandbox: name, language, occupation, one to three roles, and now and then what makes
// a directory hard: a homonym, a double name, a deceased person, a lost licence, a practice given up.
// Not concerned with how many there are (generate.ts).

import { isNihiiValid } from '../identifiers/nihii.ts'
import type { Location, Person, Role } from '../model.ts'
import type { IdentityIssuer } from './identities.ts'
import type { NameTables, Sex } from './name-tables.ts'
import { drawOccupation, midwifery, nursing, type Occupation } from './occupations.ts'
import { milieuOf, type OrganisationRegister } from './organisations.ts'
import type { Random } from './random.ts'
import type { Settlement } from './settlements.ts'

export interface World {
  readonly names: NameTables
  readonly organisations: OrganisationRegister
  readonly issuer: IdentityIssuer
  readonly drawSettlement: (random: Random) => Settlement
  readonly settlementOf: ReadonlyMap<string, Settlement>
  readonly sourceVersion: string
}

/** A person as a register has them: with the SSIN, which the directory's own records never carry. */
export interface RegisteredPerson {
  readonly person: Omit<Person, 'ssinHmac'>
  /** 11 digits */
  readonly ssin: string
  readonly sex: Sex
}

interface RoleIssue {
  readonly occupation: Occupation
  readonly nihii8: string | undefined
  readonly licenceToPractise: boolean
  readonly validFromMs: number
}

const DECEASED = 0.008
const UNLICENSED = 0.015
const ROLE_ENDED = 0.02
const HOMONYM = 0.02
const DOUBLE_NAME = 0.03
const BIS = 0.01
const ID_ALPHABET = 'abcdefghjkmnpqrstvwxyz0123456789'
const ID_LETTERS = 16
/** 2024-01-01: a fixed day, so that a sandbox of one seed is the same whenever it is made. */
const ENDED_AT_MS = 1_704_067_200_000

/** @param previous the person before, whose name a homonym takes */
export function generatePerson(
  world: World,
  random: Random,
  previous: RegisteredPerson['person'] | undefined,
): RegisteredPerson {
  const settlement = world.drawSettlement(random)
  const milieu = milieuOf(random, settlement)
  const occupation = drawOccupation(random)
  const sex: Sex = random.chance(occupation.womenShare) ? 'F' : 'M'
  const birth = { year: 1954 + random.below(49), month: 1 + random.below(12), day: 1 + random.below(28) }
  const ssin = world.issuer.issueSsin(random, birth, sex, random.chance(BIS))
  const personId = drawPersonId(random)
  const isHomonym = previous !== undefined && random.chance(HOMONYM)
  const person = {
    personId,
    lastName: isHomonym ? previous.lastName : drawLastName(world, random, milieu),
    firstName: isHomonym ? previous.firstName : world.names.drawFirstName(random, milieu, sex),
    language: settlement.language === 'de' ? ('de' as const) : milieu,
    deceased: random.chance(DECEASED),
    roles: generateRoles(world, random, personId, settlement, occupation, Date.UTC(birth.year + 24, 6, 1)),
  }
  return { person, ssin, sex }
}

function drawLastName(world: World, random: Random, milieu: 'fr' | 'nl'): string {
  const lastName = world.names.drawLastName(random, milieu)
  return random.chance(DOUBLE_NAME) ? `${lastName}-${world.names.drawLastName(random, milieu)}` : lastName
}

function drawPersonId(random: Random): string {
  let id = 'p'
  for (let letter = 0; letter < ID_LETTERS; letter++) id += ID_ALPHABET[random.below(ID_ALPHABET.length)]
  return id
}

function generateRoles(
  world: World,
  random: Random,
  personId: string,
  home: Settlement,
  occupation: Occupation,
  validFromMs: number,
): Role[] {
  const licenceToPractise = !random.chance(UNLICENSED)
  const issue = (of: Occupation): RoleIssue => ({
    occupation: of,
    nihii8:
      of.firstDigit && random.chance(of.nihiiShare) ? world.issuer.issueNihii8(of.firstDigit) : undefined,
    licenceToPractise,
    validFromMs,
  })
  const first = issue(occupation)
  // Midwives may nurse; a second practice of the same profession keeps the NIHII of the first.
  const second = occupation === midwifery && random.chance(0.3) ? issue(nursing) : first
  const count = random.chance(0.78) ? 1 : random.chance(0.85) ? 2 : 3
  const roles = Array.from({ length: count }, (_, index) => {
    const settlement = index === 0 || random.chance(0.4) ? home : neighbourOf(world, random, home)
    return generateRole(world, random, `${personId}_${index + 1}`, index === 0 ? first : second, settlement)
  })
  return roles.filter((role, index) => roles.findIndex((other) => isSameJob(role, other)) === index)
}

/** Nobody holds the same job twice in one house. */
function isSameJob(a: Role, b: Role): boolean {
  const isSameHouse = a.organisation?.organisationId === b.organisation?.organisationId
  return a.profession === b.profession && isSameHouse && a.location.postcode === b.location.postcode
}

/** Municipalities of one district have neighbouring NSI codes. */
function neighbourOf(world: World, random: Random, home: Settlement): Settlement {
  const shifted = String(Number(home.nsi) + 1 + random.below(8))
  return world.settlementOf.get(shifted) ?? home
}

function generateRole(
  world: World,
  random: Random,
  roleId: string,
  issue: RoleIssue,
  settlement: Settlement,
): Role {
  const { occupation, nihii8 } = issue
  const workplace = random.pick(occupation.workplaces)
  const organisation = workplace && world.organisations.draw(random, workplace, settlement.nsi)
  const location: Location = organisation?.location ?? random.pick(settlement.locations)
  return {
    roleId,
    profession: occupation.profession,
    cdHcparty: occupation.cdHcparty,
    ...(occupation.specialty === undefined ? {} : { specialty: occupation.specialty }),
    ...(nihii8 === undefined
      ? {}
      : { nihii8, nihii11: nihii8 + occupation.qualification, checksumValid: isNihiiValid(nihii8) }),
    licenceToPractise: issue.licenceToPractise,
    validFromMs: issue.validFromMs,
    ...(random.chance(ROLE_ENDED) ? { validUntilMs: ENDED_AT_MS } : {}),
    source: 'sandbox',
    sourceVersion: world.sourceVersion,
    ...(organisation === undefined ? {} : { organisation }),
    location,
  }
}
