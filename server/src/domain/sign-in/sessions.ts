/**
 * Purpose: the short session between a sign-in and a device. Its token is kept hashed.
 * Not concerned with how somebody signed in, nor with what each session may do.
 */
import type { PersonId, Proof } from '@pli/protocol/wire'
import type { OidcSubject, TicketStore } from '../../storage/interfaces.ts'
import { drawSecret, hashSecret } from './secrets.ts'

const LIFETIME_MS = 15 * 60_000

/** Device tokens never look like this, so a request's token says which of the two it is. */
const PREFIX = 'session.'

/** `proof` is why we believe it; a password session repeats the account's and may not do what needs a new one. */
export interface Session {
  personId: PersonId
  assurance: 'proof' | 'password'
  proof: Proof
  oidc?: OidcSubject
  expiresAtMs: number
}

export interface Sessions {
  open(session: Omit<Session, 'expiresAtMs'>, nowMs: number): Promise<{ token: string; session: Session }>
  read(token: string, nowMs: number): Promise<Session | undefined>
}

export function createSessions(tickets: TicketStore): Sessions {
  return {
    async open(opened, nowMs) {
      const token = PREFIX + drawSecret()
      const session = { ...opened, expiresAtMs: nowMs + LIFETIME_MS }
      await tickets.put({
        kind: 'sign_in_session',
        hash: hashSecret(token),
        personId: session.personId,
        value: JSON.stringify(session),
        expiresAtMs: session.expiresAtMs,
      })
      return { token, session }
    },
    async read(token, nowMs) {
      if (!token.startsWith(PREFIX)) return undefined
      const ticket = await tickets.read('sign_in_session', hashSecret(token), nowMs)
      return ticket === undefined ? undefined : (JSON.parse(ticket.value) as Session)
    },
  }
}
