/**
 * Purpose: the national sign-in as a proof of one directory person: from the app to the provider and back to the app
 * with a single-use ticket, which only the app that holds the verifier can redeem.
 * Not concerned with the protocol towards the provider (`oidc-client.ts`).
 */
import type { PersonId, Proof, WireErrorCode } from '@pli/protocol/wire'
import { RelayError } from '../../errors.ts'
import type { OidcSubject, Storage } from '../../storage/interfaces.ts'
import type { People } from '../directory/people.ts'
import { type ClaimLookups, isClaimOf, readClaims } from './oidc-claims.ts'
import type { OidcAttempt, OidcClient } from './oidc-client.ts'
import { drawSecret, hashSecret, isSameBytes } from './secrets.ts'

const ATTEMPT_LIFETIME_MS = 10 * 60_000
const TICKET_LIFETIME_MS = 60_000

/** Where in which app the person set out, and what proves that it is the same app that comes for the ticket. */
export interface OidcStart {
  personId: PersonId
  /** SHA-256 of the app's verifier, 32 bytes. */
  challenge: Uint8Array
  /** Absolute URL on an allowed origin. */
  returnUrl: string
  language: string
}

interface StoredAttempt extends OidcAttempt {
  challenge: string
  returnUrl: string
}

interface StoredTicket {
  challenge: string
  proof: Proof
  oidc: OidcSubject
}

export interface OidcSignIn {
  /** The provider's URL to send the browser to. */
  start(request: OidcStart, nowMs: number): Promise<URL>
  /**
   * Where to send the browser with what. Throws RelayError `ticket_invalid` when nobody set out with this state.
   */
  finish(query: URLSearchParams, nowMs: number): Promise<SignInReturn>
  /** Throws RelayError `ticket_invalid`; a wrong verifier spends the ticket too. */
  redeem(
    request: { ticket: string; verifier: Uint8Array },
    nowMs: number,
  ): Promise<{ personId: PersonId; proof: Proof; oidc: OidcSubject }>
}
export type SignInReturn = { returnUrl: string } & ({ ticket: string } | { refused: WireErrorCode })

interface Parts {
  client: OidcClient
  stores: Pick<Storage, 'tickets' | 'accounts'>
  people: People
  lookups: ClaimLookups
  /** Whether the provider may be told whom the app picked; only the sandbox's is. */
  hintsPerson: boolean
  /** Names the issuer in bindings; absent, the issuer's own identifier does. */
  pinnedIssuer: string | undefined
}

export function createOidcSignIn(parts: Parts): OidcSignIn {
  const { client, stores, people } = parts
  return {
    async start(request, nowMs) {
      await people.requirePractising(request.personId)
      const { url, attempt } = await client.begin({
        ui_locales: request.language,
        ...(parts.hintsPerson ? { login_hint: request.personId } : {}),
      })
      const value: StoredAttempt = {
        ...attempt,
        challenge: Buffer.from(request.challenge).toString('base64url'),
        returnUrl: request.returnUrl,
      }
      await stores.tickets.put({
        kind: 'oidc_state',
        hash: hashSecret(attempt.state),
        personId: request.personId,
        value: JSON.stringify(value),
        expiresAtMs: nowMs + ATTEMPT_LIFETIME_MS,
      })
      return url
    },
    async finish(query, nowMs) {
      const taken = await stores.tickets.take('oidc_state', hashSecret(query.get('state') ?? ''), nowMs)
      if (taken === undefined) throw new RelayError('ticket_invalid')
      const attempt = JSON.parse(taken.value) as StoredAttempt
      const { returnUrl } = attempt
      try {
        const oidc = await prove(parts, taken.personId, query, attempt)
        return { returnUrl, ticket: await issueTicket(stores, taken.personId, attempt, oidc, nowMs) }
      } catch (error) {
        if (error instanceof RelayError) return { returnUrl, refused: error.code }
        throw error
      }
    },
    async redeem({ ticket, verifier }, nowMs) {
      const taken = await stores.tickets.take('sign_in_ticket', hashSecret(ticket), nowMs)
      if (taken === undefined) throw new RelayError('ticket_invalid')
      const { challenge, proof, oidc } = JSON.parse(taken.value) as StoredTicket
      if (!isSameBytes(hashSecret(verifier), Buffer.from(challenge, 'base64url'))) {
        throw new RelayError('ticket_invalid', 'wrong verifier')
      }
      await people.requirePractising(taken.personId)
      return { personId: taken.personId, proof, oidc }
    },
  }
}

/** Throws RelayError `sign_in_refused`, `proof_mismatch` or `licence_inactive`. */
async function prove(
  { client, stores, people, lookups, pinnedIssuer }: Parts,
  personId: PersonId,
  query: URLSearchParams,
  attempt: OidcAttempt,
): Promise<OidcSubject> {
  const claimed = readClaims(await client.finish(query, attempt))
  if (claimed === undefined) throw new RelayError('sign_in_refused', 'claims of an unknown shape')
  if (!(await isClaimOf(personId, claimed, lookups))) throw new RelayError('proof_mismatch')
  await people.requirePractising(personId)
  const oidc = { issuer: pinnedIssuer ?? claimed.issuer, subject: claimed.subject }
  await refuseOtherBinding(stores, personId, oidc)
  return oidc
}

/** Once bound, neither the account nor the provider's subject can be bound to anybody else. */
async function refuseOtherBinding(
  stores: Parts['stores'],
  personId: PersonId,
  oidc: OidcSubject,
): Promise<void> {
  const ofSubject = await stores.accounts.bySubject(oidc)
  if (ofSubject !== undefined && ofSubject.personId !== personId) throw new RelayError('proof_mismatch')
  const bound = (await stores.accounts.byPersonId(personId))?.oidc
  if (bound !== undefined && (bound.issuer !== oidc.issuer || bound.subject !== oidc.subject)) {
    throw new RelayError('proof_mismatch')
  }
}

async function issueTicket(
  stores: Parts['stores'],
  personId: PersonId,
  attempt: StoredAttempt,
  oidc: OidcSubject,
  nowMs: number,
): Promise<string> {
  const ticket = drawSecret()
  const value: StoredTicket = { challenge: attempt.challenge, proof: { kind: 'oidc', atMs: nowMs }, oidc }
  await stores.tickets.put({
    kind: 'sign_in_ticket',
    hash: hashSecret(ticket),
    personId,
    value: JSON.stringify(value),
    expiresAtMs: nowMs + TICKET_LIFETIME_MS,
  })
  return ticket
}
