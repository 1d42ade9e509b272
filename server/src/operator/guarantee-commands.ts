/**
 * Purpose: what an operator may ask of the running relay about people who are not in the register, and of the audit trail.
 * Not concerned with how it is printed (`print-guarantees.ts`).
 */
import { guaranteeId, type PersonId, refuseGuaranteeRequest } from '@pli/protocol/wire'
import { z } from 'zod'
import type { Guarantors } from '../domain/guarantors/guarantors.ts'
import { RelayError } from '../errors.ts'
import type { StoredAuditEntry, StoredGuarantee } from '../storage/interfaces.ts'
import type { OperatorCommands } from './operator-socket.ts'

export interface ListedGuarantee
  extends Pick<StoredGuarantee, 'guaranteeId' | 'state' | 'guarantorId' | 'admittedBy' | 'endsAtMs'> {
  name: string
  profession: string
  place: string
  guarantorName: string
}

export interface AuditPage {
  entries: StoredAuditEntry[]
  verified: { entries: number; head: string; brokenAt?: number }
}

/** An operator's list is for deciding, not for archives. */
const shownStates = ['pending', 'approved', 'expired', 'revoked'] as const
const AUDIT_PAGE = 500

const decision = z.object({ id: guaranteeId, reason: refuseGuaranteeRequest.shape.reason.optional() })
const auditRequest = z.object({ after: z.number().int().min(0) })

interface Sources {
  guarantors: Guarantors
  people: { person(personId: PersonId): Promise<{ lastName: string; firstName: string }> }
}

export function createGuaranteeCommands({ guarantors, people }: Sources): OperatorCommands {
  const { decisions, audit } = guarantors
  const nameOf = (personId: PersonId) =>
    people.person(personId).then(
      ({ firstName, lastName }) => `${firstName} ${lastName}`,
      () => '?',
    )
  const decide =
    (work: (decided: { guaranteeId: z.infer<typeof guaranteeId>; reason?: string }) => Promise<void>) =>
    async (input: string) => {
      const { id, reason } = read(decision, input)
      await work({ guaranteeId: id, ...(reason === undefined ? {} : { reason }) })
      return { value: {} }
    }
  return {
    'guarantees-list': async () => {
      const listed: ListedGuarantee[] = []
      for (const state of shownStates) {
        for (const guarantee of await guarantors.listByState(state)) {
          listed.push(describe(guarantee, await nameOf(guarantee.guarantorId)))
        }
      }
      return { value: listed }
    },
    'guarantees-approve': decide((decided) => decisions.accept(decided)),
    'guarantees-refuse': decide((decided) => decisions.refuse(decided)),
    'guarantees-revoke': decide((decided) => decisions.revoke(decided)),
    audit: async (input) => {
      const { after } = read(auditRequest, input)
      const value: AuditPage = {
        entries: await audit.read(after, AUDIT_PAGE),
        verified: await audit.verify(),
      }
      return { value }
    },
  }
}

/** Throws RelayError `bad_request`. */
function read<Schema extends z.ZodType>(schema: Schema, input: string): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(input))
  } catch {
    throw new RelayError('bad_request', 'malformed command')
  }
}

function describe(guarantee: StoredGuarantee, guarantorName: string): ListedGuarantee {
  const { guaranteeId: id, state, guarantorId, admittedBy, endsAtMs, applicant } = guarantee
  return {
    ...{ guaranteeId: id, state, guarantorId, endsAtMs, guarantorName },
    ...(admittedBy === undefined ? {} : { admittedBy }),
    name: `${applicant.firstName} ${applicant.lastName}`,
    profession: [applicant.profession, applicant.organisation].filter(Boolean).join(', '),
    place: applicant.place.fr,
  }
}
