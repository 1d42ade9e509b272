/**
 * Purpose: an applicant's side: asking a professional of the register to answer for one, seeing how it stands, taking it
 * back, and the session that follows a yes. The request token is all an applicant has: no account exists before.
 * Not concerned with deciding (`decisions.ts`).
 */
import { randomBytes } from 'node:crypto'
import { belgianPlaces, isPractising, nameWords } from '@pli/directory'
import type { GuaranteeId, guaranteeRequest, OwnRequest, PersonId, Place } from '@pli/protocol/wire'
import type { z } from 'zod'
import { RelayError } from '../../errors.ts'
import type { AccountStore, GuaranteeStore, StoredGuarantee } from '../../storage/interfaces.ts'
import type { AuditTrail } from '../audit/audit-trail.ts'
import type { Directory } from '../directory/directory.ts'
import { hashSecret } from '../sign-in/secrets.ts'
import { CHECK_TRIES, PENDING_MS } from './bounds.ts'
import { checkCodeOf, hashCheckCode, personIdOf } from './check-code.ts'
import type { GuarantorNotice } from './guarantor-notice.ts'

export interface GuaranteeRequests {
  /**
   * Throws RelayError `not_reachable` (no such professional of the register has a device here), `guarantor_full`, and
   * `rate_limited` when this guarantor refused somebody of this name within 30 days. The same token again is no new request.
   */
  ask(request: z.output<typeof guaranteeRequest>): Promise<OwnRequest>
  /** Throws RelayError `ticket_invalid` for a token that is nobody's, or that has done its work. */
  status(requestToken: string): Promise<OwnRequest>
  /** Of a request that is pending; erases it. */
  withdraw(requestToken: string): Promise<void>
  /**
   * The person who was let in, until they have an account: then the token is worth nothing. Throws RelayError
   * `ticket_invalid`, also while nobody decided.
   */
  redeem(requestToken: string): Promise<PersonId>
}

interface Sources {
  guarantees: GuaranteeStore
  accounts: Pick<AccountStore, 'byPersonId' | 'reachable'>
  directory: Pick<Directory, 'person'>
  notice: GuarantorNotice
  audit: AuditTrail
  pendingAtMost: number
  nowMs: () => number
}

export function createGuaranteeRequests(sources: Sources): GuaranteeRequests {
  const { guarantees, accounts, directory, notice, audit, pendingAtMost, nowMs } = sources

  async function find(requestToken: string): Promise<StoredGuarantee> {
    const found = await guarantees.byRequestHash(hashSecret(requestToken))
    if (found === undefined) throw new RelayError('ticket_invalid')
    return found
  }

  /** Whoever has an account proves themselves as everybody does. */
  async function isSpent({ guaranteeId, admittedBy }: StoredGuarantee): Promise<boolean> {
    return admittedBy !== undefined && (await accounts.byPersonId(personIdOf(guaranteeId))) !== undefined
  }

  async function requireGuarantor(guarantorId: PersonId): Promise<void> {
    // Admitted people are in no register: nobody answers for others on another's word.
    const person = await directory.person(guarantorId)
    const isHere =
      person && isPractising(person, nowMs()) && (await accounts.reachable([guarantorId])).size > 0
    if (!isHere) throw new RelayError('not_reachable')
  }

  async function refuseTooSoon(guarantorId: PersonId, nameKey: string): Promise<void> {
    const own = await guarantees.listByGuarantor(guarantorId)
    const refused = own.filter((one) => one.state === 'refused' && one.nameKey === nameKey)
    const untilMs = Math.max(0, ...refused.map(({ endsAtMs }) => endsAtMs))
    if (untilMs <= nowMs()) return
    throw new RelayError('rate_limited', 'refused a short while ago', { retryAfterMs: untilMs - nowMs() })
  }

  async function describe(guarantee: StoredGuarantee, requestToken: string): Promise<OwnRequest> {
    const { guaranteeId, guarantorId, state, endsAtMs, applicant, decision } = guarantee
    const guarantor = await directory.person(guarantorId)
    return {
      guaranteeId,
      state,
      applicant: { ...applicant, place: applicant.place.fr },
      guarantor: {
        personId: guarantorId,
        lastName: guarantor?.lastName ?? '',
        firstName: guarantor?.firstName ?? '',
      },
      endsAtMs,
      ...(state === 'pending' ? { checkCode: checkCodeOf(requestToken) } : {}),
      ...(decision?.reason === undefined ? {} : { reason: decision.reason }),
    }
  }

  return {
    async ask({ requestToken, guarantorId, place, ...applicant }) {
      const requestHash = hashSecret(requestToken)
      const known = await guarantees.byRequestHash(requestHash)
      if (known) return describe(known, requestToken)
      await requireGuarantor(guarantorId)
      const nameKey = nameKeyOf(applicant)
      await refuseTooSoon(guarantorId, nameKey)
      const guaranteeId = randomBytes(16).toString('hex') as GuaranteeId
      const { organisation, ...stated } = applicant
      const guarantee: StoredGuarantee = {
        guaranteeId,
        requestHash,
        checkHash: hashCheckCode(guaranteeId, checkCodeOf(requestToken)),
        triesLeft: CHECK_TRIES,
        state: 'pending',
        guarantorId,
        nameKey,
        applicant: {
          ...stated,
          ...(organisation === undefined ? {} : { organisation }),
          place: readPlace(place),
        },
        requestedAtMs: nowMs(),
        endsAtMs: nowMs() + PENDING_MS,
      }
      if ((await guarantees.create(guarantee, pendingAtMost)) === 'full')
        throw new RelayError('guarantor_full')
      await audit.append({ event: 'guarantee.requested', actor: 'applicant', subject: guaranteeId })
      await notice.tell(guarantorId, { urgent: true })
      return describe(await find(requestToken), requestToken)
    },
    async status(requestToken) {
      const found = await find(requestToken)
      if (await isSpent(found)) throw new RelayError('ticket_invalid')
      return describe(found, requestToken)
    },
    async withdraw(requestToken) {
      const { guaranteeId, guarantorId } = await find(requestToken)
      const withdrawn = { state: 'withdrawn', endsAtMs: nowMs() } as const
      const changed = await guarantees.change(guaranteeId, 'pending', withdrawn)
      if (changed === undefined) throw new RelayError('conflict', 'decided meanwhile')
      await audit.append({ event: 'guarantee.withdrawn', actor: 'applicant', subject: guaranteeId })
      await guarantees.erase(guaranteeId)
      await notice.tell(guarantorId, { urgent: false })
    },
    async redeem(requestToken) {
      const found = await find(requestToken)
      const mayEnter = found.state === 'approved' && found.endsAtMs > nowMs()
      if (!mayEnter || (await isSpent(found))) throw new RelayError('ticket_invalid')
      return personIdOf(found.guaranteeId)
    },
  }
}

/** Two spellings of one name have one key: accents, case, spaces and order do not count. */
function nameKeyOf({ lastName, firstName }: { lastName: string; firstName: string }): string {
  const words = [...nameWords(lastName), ...nameWords(firstName)].sort()
  return Buffer.from(hashSecret(words.join(' '))).toString('hex')
}

/** A Belgian postcode gives the place in its languages; anything else stays as it was written. */
function readPlace(typed: string): Place {
  const postcode = /\b\d{4}\b/.exec(typed)?.[0]
  const known = postcode === undefined ? undefined : belgianPlaces().locationOf(postcode)
  return known ? { ...known } : { postcode: '', nsi: '', nl: typed, fr: typed }
}
