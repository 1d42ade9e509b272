/**
 * Asking a professional of the register to answer for somebody who is not in it. The request token is drawn and kept here
 * before anything is sent, so that an answer that was lost is asked for again and not a second time; it is not sealed, for
 * there is no PIN yet. One request at a time on a device.
 * Not concerned with what the guarantor sees (`guarantees.ts`).
 */
import { type OwnRequest, requestToken, toBase64Url } from '@pli/protocol/wire'
import { z } from 'zod'
import type { DeviceRecords } from '../accounts/device-storage.ts'
import type { PendingRegistration, Pli } from '../api.ts'
import { ClientError } from '../errors.ts'
import type { RelayApi } from '../relay/relay-api.ts'

const KEY = 'guarantee-request'
const kept = z.object({ requestToken })

type Requests = Pick<Pli, 'askGuarantor' | 'guaranteeRequest' | 'forgetGuaranteeRequest' | 'redeemGuarantee'>

interface Sources {
  records: DeviceRecords
  relay: RelayApi
  redeemed(token: string): Promise<PendingRegistration>
}

export function createGuaranteeRequests({ records, relay, redeemed }: Sources): Requests {
  const token = async () => kept.safeParse(await records.get(KEY)).data?.requestToken
  const drop = async () => {
    await records.update(KEY, () => undefined)
  }

  /** Undefined, and forgotten here, when the relay knows it no more or it has done its work. */
  async function look(known: string): Promise<OwnRequest | undefined> {
    try {
      return await relay.ownGuaranteeRequest(known)
    } catch (error) {
      if (!(error instanceof ClientError) || error.code !== 'ticket_invalid') throw error
      await drop()
      return undefined
    }
  }

  return {
    askGuarantor: async (request) => {
      const drawn = `request.${toBase64Url(crypto.getRandomValues(new Uint8Array(32)))}`
      const known = await records.update(
        KEY,
        (current) => kept.safeParse(current).data ?? { requestToken: drawn },
      )
      try {
        return await relay.askGuarantor({ ...request, requestToken: known?.requestToken ?? drawn })
      } catch (error) {
        // Refused for certain: nothing is there to ask after. Otherwise the same token is tried again.
        const mayBeThere = error instanceof ClientError && ['offline', 'unavailable'].includes(error.code)
        if (!mayBeThere) await drop()
        throw error
      }
    },
    guaranteeRequest: async () => {
      const known = await token()
      return known === undefined ? undefined : look(known)
    },
    forgetGuaranteeRequest: async () => {
      const known = await token()
      if (known === undefined) return
      const state = (await look(known))?.state
      if (state === 'pending') await relay.withdrawGuaranteeRequest(known)
      await drop()
    },
    redeemGuarantee: async () => {
      const known = await token()
      if (known === undefined) throw new ClientError('ticket_invalid')
      return redeemed(known)
    },
  }
}
