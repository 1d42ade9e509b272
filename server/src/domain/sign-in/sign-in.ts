/**
 * Purpose: every way to a sign-in session: a ticket, an operator's code or a guarantor's yes (proofs), or a password.
 * Not concerned with devices: what a session may add is theirs to decide.
 */
import type { PersonId, SignInSession } from '@pli/protocol/wire'
import { RelayError } from '../../errors.ts'
import type { Storage } from '../../storage/interfaces.ts'
import type { Accounts } from '../accounts/accounts.ts'
import type { Passwords } from '../accounts/passwords.ts'
import type { People } from '../directory/people.ts'
import type { GuaranteeRequests } from '../guarantors/requests.ts'
import type { Limits } from '../limits.ts'
import { createLockOut } from './lock-out.ts'
import type { OidcSignIn } from './oidc-sign-in.ts'
import { spendOperatorCode } from './operator-codes.ts'
import type { Session, Sessions } from './sessions.ts'

export interface SignIn {
  withTicket(request: { ticket: string; verifier: Uint8Array }): Promise<SignInSession>
  withCode(request: { personId: PersonId; code: string }): Promise<SignInSession>
  /** Throws RelayError `ticket_invalid` for a request that nobody said yes to, or whose person has an account. */
  withGuarantee(request: { requestToken: string }): Promise<SignInSession>
  /** Throws RelayError `password_invalid`, or `rate_limited` after ten wrong ones. */
  withPassword(request: { loginName: string; password: string }): Promise<SignInSession>
}

interface Parts {
  oidc: OidcSignIn
  sessions: Sessions
  stores: Pick<Storage, 'tickets' | 'accounts'>
  accounts: Accounts
  people: People
  passwords: Passwords
  guarantees: Pick<GuaranteeRequests, 'redeem'>
  limits: Limits
}

export function createSignIn(parts: Parts): SignIn {
  const { oidc, sessions, stores, accounts, people, passwords, guarantees, limits } = parts
  const lockOut = createLockOut(limits)

  async function open(session: Omit<Session, 'expiresAtMs'>): Promise<SignInSession> {
    const person = await people.requirePractising(session.personId)
    const account = await accounts.ownOfPerson(session.personId)
    const { token, session: opened } = await sessions.open(session, Date.now())
    return {
      sessionToken: token,
      expiresAtMs: opened.expiresAtMs,
      assurance: opened.assurance,
      person,
      ...(account === undefined ? {} : { account }),
    }
  }

  return {
    async withTicket(request) {
      return open({ ...(await oidc.redeem(request, Date.now())), assurance: 'proof' })
    },
    async withCode(request) {
      const nowMs = Date.now()
      await spendOperatorCode(stores.tickets, request, nowMs)
      const proof = { kind: 'operator_code', atMs: nowMs } as const
      return open({ personId: request.personId, assurance: 'proof', proof })
    },
    async withGuarantee({ requestToken }) {
      const personId = await guarantees.redeem(requestToken)
      return open({ personId, assurance: 'proof', proof: { kind: 'guarantor', atMs: Date.now() } })
    },
    async withPassword({ loginName, password }) {
      await lockOut.refuseIfLocked(loginName)
      // Counted before the check, so that many at once do not slip past the count.
      await lockOut.countWrong(loginName)
      const account = await stores.accounts.byLoginName(loginName)
      const isRight = await passwords.verify(account?.login?.passwordHash, password)
      if (!isRight || account === undefined) throw new RelayError('password_invalid')
      await lockOut.forget(loginName)
      return open({ personId: account.personId, assurance: 'password', proof: account.proof })
    },
  }
}
