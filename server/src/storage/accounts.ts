/**
 * Accounts: who an account is, and why we believe it. One account per person of the directory.
 * Not concerned with devices, nor with checking proofs or passwords.
 */
import type { AccountId, PersonId, Proof } from '@pli/protocol/wire'

/** The identity provider's own name of a person; once pinned, no other subject opens the account. */
export interface OidcSubject {
  issuer: string
  subject: string
}

export interface Login {
  /** Already trimmed and in lower case. */
  name: string
  /** An encoded argon2id hash, never the password. */
  passwordHash: string
}

export interface StoredAccount {
  accountId: AccountId
  personId: PersonId
  /** 33 bytes. */
  identityKey: Uint8Array
  proof: Proof
  oidc?: OidcSubject
  login?: Login
  createdAtMs: number
}

export type NewAccount = Omit<StoredAccount, 'login'>

export interface AccountStore {
  /** `person_taken`: the person has an account; `subject_taken`: the (issuer, subject) belongs to another. */
  create(account: NewAccount): Promise<'created' | 'person_taken' | 'subject_taken'>
  byId(accountId: AccountId): Promise<StoredAccount | undefined>
  byPersonId(personId: PersonId): Promise<StoredAccount | undefined>
  bySubject(oidc: OidcSubject): Promise<StoredAccount | undefined>
  byLoginName(name: string): Promise<StoredAccount | undefined>
  /** Those of the people who have an account with at least one device; at most 1,000 people. */
  reachable(personIds: PersonId[]): Promise<Map<PersonId, AccountId>>
  /** All such people, ascending by id: the first `limit` after `after`. */
  listReachable(after: PersonId | undefined, limit: number): Promise<PersonId[]>
  /** Sets or replaces the login. */
  setLogin(accountId: AccountId, login: Login): Promise<'set' | 'login_taken' | 'no_account'>
  /** Erases the account with its devices, keys, queues, subscriptions and tickets. Absent accounts are fine. */
  delete(accountId: AccountId): Promise<void>
}
