/**
 * Purpose: admitted people as the directory shows them: beside the register's, always with who answers for them. One who
 * is admitted by a guarantor practises as long as the guarantor does.
 * Not concerned with deciding, nor with who has an account.
 */
import { isPractising, nameWords, type SearchQuery } from '@pli/directory'
import type { DirectoryPerson, PersonId } from '@pli/protocol/wire'
import type { GuaranteeStore, StoredGuarantee } from '../../storage/interfaces.ts'
import type { Directory } from '../directory/directory.ts'
import { guaranteeIdOf, personIdOf } from './check-code.ts'

/** More of one name than a page shows: whoever looks types another word. */
const FOUND_AT_MOST = 20
const READ_AT_ONCE = 500

export interface VouchedPeople {
  /** Undefined for people of the register, and for nobody. */
  person(personId: PersonId): Promise<DirectoryPerson | undefined>
  /** Those of these who may practise. */
  practising(personIds: readonly PersonId[]): Promise<Set<PersonId>>
  /** Who bears every word that was typed, or begins with it; at most 20, and nobody who may not practise. */
  search(query: SearchQuery): Promise<DirectoryPerson[]>
  /** Reads who is admitted anew. */
  refresh(): Promise<void>
}

interface Sources {
  store: GuaranteeStore
  directory: Pick<Directory, 'person'>
  nowMs: () => number
}

interface Findable {
  guarantee: StoredGuarantee
  lastName: string[]
  firstName: string[]
  place: string[]
  profession: string[]
  organisation: string[]
}

export function createVouchedPeople({ store, directory, nowMs }: Sources): VouchedPeople {
  let admitted: Findable[] = []

  async function describe(guarantee: StoredGuarantee): Promise<DirectoryPerson | undefined> {
    const { guaranteeId, state, admittedBy, guarantorId, applicant, endsAtMs } = guarantee
    if (admittedBy === undefined) return undefined
    const guarantor = admittedBy === 'guarantor' ? await directory.person(guarantorId) : undefined
    const isAnswered = admittedBy === 'operator' || (guarantor && isPractising(guarantor, nowMs()))
    const { lastName, firstName, profession, organisation, place } = applicant
    return {
      personId: personIdOf(guaranteeId),
      lastName,
      firstName,
      deceased: false,
      roles: [
        {
          roleId: 'vouched',
          profession: 'OTHER',
          cdHcparty: '',
          specialty: profession,
          ...(organisation === undefined ? {} : { organisation }),
          place,
          active: state === 'approved' && endsAtMs > nowMs() && isAnswered === true,
        },
      ],
      vouched: {
        by: admittedBy,
        untilMs: endsAtMs,
        ...(guarantor ? { guarantorName: `${guarantor.firstName} ${guarantor.lastName}` } : {}),
      },
    }
  }

  async function person(personId: PersonId): Promise<DirectoryPerson | undefined> {
    const guaranteeId = guaranteeIdOf(personId)
    const guarantee = guaranteeId && (await store.byId(guaranteeId))
    return guarantee && describe(guarantee)
  }

  return {
    person,
    async practising(personIds) {
      const found = await Promise.all(personIds.map(person))
      return new Set(found.filter((one) => one !== undefined && isActive(one)).map((one) => one!.personId))
    },
    async search(query) {
      const wanted = readQuery(query)
      if (wanted === undefined) return []
      const matching = admitted.filter((one) => matches(one, wanted)).slice(0, FOUND_AT_MOST)
      const found = await Promise.all(matching.map(({ guarantee }) => describe(guarantee)))
      return found.filter((one) => one !== undefined).filter(isActive)
    },
    async refresh() {
      const read: Findable[] = []
      for (;;) {
        const page = await store.listByState('approved', read.at(-1)?.guarantee.guaranteeId, READ_AT_ONCE)
        read.push(...page.map(toFindable))
        if (page.length < READ_AT_ONCE) break
      }
      admitted = read
    },
  }
}

export function isActive({ roles }: DirectoryPerson): boolean {
  return roles.some(({ active }) => active)
}

type Wanted = Omit<Findable, 'guarantee'> & { text: string[] }

/** Undefined for what no admitted person can answer: a code of the register, an identifier, nothing. */
function readQuery(query: SearchQuery): Wanted | undefined {
  if (query.profession !== undefined || query.identifier !== undefined) return undefined
  const words = (field: string | undefined) => (field === undefined ? [] : nameWords(field))
  const { text, lastName, firstName, place, specialty, organisation } = query
  const wanted = {
    text: words(text),
    lastName: words(lastName),
    firstName: words(firstName),
    place: words(place),
    profession: words(specialty),
    organisation: words(organisation),
  }
  return Object.values(wanted).some((list) => list.length > 0) ? wanted : undefined
}

function matches(one: Findable, { text, ...fields }: Wanted): boolean {
  const names = [...one.lastName, ...one.firstName]
  const all = [...names, ...one.place, ...one.profession, ...one.organisation]
  if (!hasAll(all, text)) return false
  if (text.length > 0 && !text.some((word) => hasAll(names, [word]))) return false
  const named = Object.entries(fields) as [keyof typeof fields, string[]][]
  return named.every(([field, words]) => hasAll(one[field], words))
}

function hasAll(own: string[], typed: string[]): boolean {
  return typed.every((word) => own.some((candidate) => candidate.startsWith(word)))
}

function toFindable(guarantee: StoredGuarantee): Findable {
  const { lastName, firstName, profession, organisation, place } = guarantee.applicant
  // `Van den Berghe` is typed in one word too.
  const name = (written: string) => [...nameWords(written), nameWords(written).join('')]
  return {
    guarantee,
    lastName: name(lastName),
    firstName: name(firstName),
    place: [place.postcode, place.nl, place.fr, place.de ?? ''].flatMap(nameWords),
    profession: nameWords(profession),
    organisation: nameWords(organisation ?? ''),
  }
}
