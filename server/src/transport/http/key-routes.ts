/**
 * Purpose: what a device needs to seal for others and for others to seal for it: prekeys, bundles, its sender
 * certificate, another's public account. Devices only. Not concerned with judging keys.
 */
import {
  accountBundles,
  accountId,
  keyCounts,
  publicAccount,
  routes,
  senderCertificate,
  type UploadKeysRequest,
  uploadKeysRequest,
} from '@pli/protocol/wire'
import { Router } from 'express'
import type { Accounts } from '../../domain/accounts/accounts.ts'
import type { SenderCertificates } from '../../domain/certificates/certificates.ts'
import type { Keys } from '../../domain/keys/keys.ts'
import { RelayError } from '../../errors.ts'
import type { AccountStore, NewDeviceKeys } from '../../storage/interfaces.ts'
import { answering, parse } from './answers.ts'
import type { Authentication } from './authentication.ts'
import type { RateLimits } from './rate-limits.ts'

interface Parts {
  keys: Keys
  accounts: Accounts
  accountStore: AccountStore
  certificates: SenderCertificates
  authentication: Authentication
  rateLimits: RateLimits
}

export function createKeyRoutes(parts: Parts): Router {
  const { keys, accounts, accountStore, certificates, authentication, rateLimits } = parts
  const router = Router()
  router.get(
    routes.keys,
    answering(keyCounts, async (request) => keys.counts(await authentication.device(request))),
  )
  router.put(
    routes.keys,
    answering(keyCounts, async (request) => {
      const device = await authentication.device(request)
      return keys.upload(device, present(parse(uploadKeysRequest, request.body)))
    }),
  )
  router.get(
    routes.certificate,
    answering(senderCertificate, async (request) => {
      const device = await authentication.device(request)
      await rateLimits.spend('accountChange', device.accountId)
      const account = await accountStore.byId(device.accountId)
      if (account === undefined) throw new RelayError('unauthenticated')
      return certificates.issue({ ...device, identityKey: account.identityKey }, Date.now())
    }),
  )
  router.get(
    routes.publicAccount(':accountId'),
    answering(publicAccount, async (request) => {
      const device = await authentication.device(request)
      await rateLimits.spend('accountDirectory', device.accountId)
      return accounts.publicly(parse(accountId, request.params.accountId))
    }),
  )
  router.get(
    routes.bundles(':accountId'),
    answering(accountBundles, async (request) => {
      const device = await authentication.device(request)
      return keys.bundles(device.accountId, parse(accountId, request.params.accountId))
    }),
  )
  return router
}

/** The kinds of keys that the request has. */
function present({
  signedPreKey,
  lastResortKyberPreKey,
  preKeys,
  kyberPreKeys,
}: UploadKeysRequest): Partial<NewDeviceKeys> {
  return {
    ...(signedPreKey === undefined ? {} : { signedPreKey }),
    ...(lastResortKyberPreKey === undefined ? {} : { lastResortKyberPreKey }),
    ...(preKeys === undefined ? {} : { preKeys }),
    ...(kyberPreKeys === undefined ? {} : { kyberPreKeys }),
  }
}
