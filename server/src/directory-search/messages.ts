/**
 * Purpose: what the relay and its search process say to each other. Plain data: it travels as JSON.
 * Not concerned with waiting, nor with what becomes of a process that does not answer.
 */
import type {
  DirectoryErrorCode,
  Location,
  LocationQuery,
  OrganisationQuery,
  OrganisationResult,
  Person,
  SearchQuery,
  SearchResult,
} from '@pli/directory'
import type { SearchPage } from '../domain/directory/directory.ts'
import type { RegisterPlace } from '../open-register.ts'

/** Where the people come from. The sandbox makes them up from a seed; `ssinKey` is base64url. */
export type PeopleSource =
  | { kind: 'sandbox'; seed: number; people: number; ssinKey: string }
  | ({ kind: 'store' } & RegisterPlace)

export type Question =
  | { ask: 'search'; query: SearchQuery; page: SearchPage }
  | { ask: 'person'; personId: string }
  | { ask: 'people'; personIds: string[] }
  | { ask: 'organisations'; query: OrganisationQuery; page: SearchPage }
  | { ask: 'locations'; query: LocationQuery }
  | { ask: 'location'; nsi: string; postcode: string }
  | { ask: 'ssinHmac'; hmac: string }
  | { ask: 'nihii8'; nihii8: string }

export interface AnswerOf {
  search: SearchResult
  person: Person | null
  people: Person[]
  organisations: OrganisationResult
  locations: Location[]
  location: Location | null
  ssinHmac: string | null
  nihii8: string | null
}

export type ToSearcher =
  /** first, and once */
  | { kind: 'load'; source: PeopleSource }
  | { kind: 'question'; id: number; question: Question }
  /** not before it is ready */
  | { kind: 'reachable'; personIds: string[]; isReachable: boolean }

/** The store's version that was read; nothing for a sandbox. */
export interface LoadedVersion {
  generation: number
  sequence: number
}

export type FromSearcher =
  | { kind: 'ready'; people: number; roles: number; tookMs: number; version?: LoadedVersion }
  | { kind: 'answer'; id: number; value: unknown }
  /** `code` of a DirectoryError: the question was out of bounds. Without: the process failed at it. */
  | { kind: 'refusal'; id: number; code?: DirectoryErrorCode }
