/**
 * From "this is me in the directory" to a proof in hand: the national sign-in by redirect, an operator's code, or a guarantor's yes.
 * Source: RFC 7636 for the verifier and its challenge. Not concerned with keys or devices.
 */
import type { SignInSession } from '@pli/protocol/wire'
import type { PendingRegistration, Pli } from '../api.ts'
import { ClientError } from '../errors.ts'
import { createGuaranteeRequests } from '../guarantors/own-request.ts'
import type { RelayApi } from '../relay/relay-api.ts'
import type { DeviceStorage } from './device-storage.ts'
import {
  findPending,
  findVerifier,
  keepPending,
  keepVerifier,
  type PendingRecord,
} from './pending-sign-in.ts'
import { listAccounts } from './registry.ts'

export interface SignInParts {
  storage: DeviceStorage
  relay: RelayApi
  tabId: string
  appOrigin?: string
  nowMs(): number
}

type SignIn = Pick<
  Pli,
  | 'beginSignIn'
  | 'completeSignIn'
  | 'redeemCode'
  | 'pendingRegistration'
  | 'askGuarantor'
  | 'guaranteeRequest'
  | 'forgetGuaranteeRequest'
  | 'redeemGuarantee'
>

export function createSignIn(parts: SignInParts): SignIn {
  const { relay, storage, tabId, appOrigin, nowMs } = parts
  const { records } = storage
  const proven = async (session: SignInSession): Promise<PendingRegistration> =>
    describe(parts, await keepPending(records, tabId, session, nowMs()))
  return {
    beginSignIn: async ({ personId, returnTo, language }) => {
      const verifier = crypto.getRandomValues(new Uint8Array(32))
      const challenge = new Uint8Array(await crypto.subtle.digest('SHA-256', verifier))
      // Durable before anybody navigates away: the answer comes to another page.
      await keepVerifier(records, tabId, { verifier, personId, madeAtMs: nowMs() })
      const origin = appOrigin === undefined || appOrigin === relay.origin ? {} : { origin: appOrigin }
      return { url: relay.oidcStartUrl({ personId, challenge, returnTo, language, ...origin }) }
    },
    completeSignIn: async (ticket) => {
      const found = await findVerifier(records, tabId)
      if (found === undefined) throw new ClientError('pending_expired')
      const session = await relay.redeemTicket(ticket, found.verifier)
      const pending = await proven(session)
      await records.update(found.key, () => undefined)
      return pending
    },
    redeemCode: async ({ personId, code }) => proven(await relay.redeemCode(personId, code)),
    ...createGuaranteeRequests({
      ...{ records, relay },
      redeemed: async (token) => proven(await relay.redeemGuarantee(token)),
    }),
    pendingRegistration: async () => {
      const pending = await findPending(records, tabId, nowMs())
      return pending === undefined ? undefined : describe(parts, pending)
    },
  }
}

async function describe(parts: SignInParts, pending: PendingRecord): Promise<PendingRegistration> {
  const { pendingId, person, existingDevices, accountId } = pending
  const here = await listAccounts(parts.storage.records)
  const same = here.find((account) => account.accountId === accountId)
  return { pendingId, person, existingDevices, ...(same === undefined ? {} : { alreadyHere: same.localId }) }
}
