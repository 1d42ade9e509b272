/**
 * Purpose: a person's own account: seeing it, its password, its devices, its end.
 * Each route says which token it takes: a password's session sees and removes, a proof's or a device's also changes.
 * Only a revocation is asked without one: whoever asks has erased that device's token, or cannot open it.
 */
import {
  type AccountId,
  deviceId,
  ownAccount,
  registerDeviceRequest,
  registeredDevice,
  revokeDeviceRequest,
  routes,
  setPasswordRequest,
} from '@pli/protocol/wire'
import { type Request, Router } from 'express'
import { z } from 'zod'
import type { Accounts } from '../../domain/accounts/accounts.ts'
import type { Devices } from '../../domain/devices/devices.ts'
import type { People } from '../../domain/directory/people.ts'
import { RelayError } from '../../errors.ts'
import { answering, nothing, parse } from './answers.ts'
import type { Authentication } from './authentication.ts'
import type { RateLimits } from './rate-limits.ts'

interface Parts {
  accounts: Accounts
  devices: Devices
  people: People
  authentication: Authentication
  rateLimits: RateLimits
}

const deviceIdInPath = z.coerce.number().pipe(deviceId)

export function createAccountRoutes(parts: Parts): Router {
  const { accounts, devices, rateLimits } = parts
  const router = Router()
  const accountThatMay = (need: 'see' | 'change') => (request: Request) => findAccount(parts, request, need)

  router.get(
    routes.account,
    answering(ownAccount, async (request) => accounts.own(await accountThatMay('see')(request))),
  )
  router.delete(
    routes.account,
    answering(nothing, async (request) => {
      await devices.deleteAccount(await accountThatMay('change')(request))
      return {}
    }),
  )
  router.put(
    routes.accountPassword,
    answering(nothing, async (request) => {
      const accountId = await accountThatMay('change')(request)
      await rateLimits.spend('accountChange', accountId)
      await accounts.setPassword(accountId, parse(setPasswordRequest, request.body))
      return {}
    }),
  )
  router.post(
    routes.devices,
    answering(registeredDevice, async (request) => registerDevice(parts, request)),
  )
  router.post(
    routes.revokeDevice,
    rateLimits.byAddress('revocation'),
    answering(nothing, async (request) => {
      await devices.revoke(parse(revokeDeviceRequest, request.body).revocationToken)
      return {}
    }),
  )
  router.delete(
    routes.device(':deviceId'),
    answering(nothing, async (request) => {
      const accountId = await accountThatMay('see')(request)
      await devices.remove({ accountId, deviceId: parse(deviceIdInPath, request.params.deviceId) })
      return {}
    }),
  )
  return router
}

async function registerDevice({ authentication, devices, people, rateLimits }: Parts, request: Request) {
  const session = await authentication.session(request)
  await rateLimits.spend('accountChange', session.personId)
  if (session.assurance !== 'proof') throw new RelayError('proof_required')
  await people.requirePractising(session.personId)
  const { personId, proof, oidc } = session
  const proven = oidc === undefined ? { personId, proof } : { personId, proof, oidc }
  const registered = await devices.register(proven, parse(registerDeviceRequest, request.body))
  people.noteReachable(personId)
  return registered
}

/** Throws RelayError `proof_required` for a password's session that would change something. */
async function findAccount(
  { authentication, accounts }: Parts,
  request: Request,
  need: 'see' | 'change',
): Promise<AccountId> {
  const asking = await authentication.either(request)
  if ('device' in asking) return asking.device.accountId
  if (need === 'change' && asking.session.assurance !== 'proof') throw new RelayError('proof_required')
  const account = await accounts.ownOfPerson(asking.session.personId)
  if (account === undefined) throw new RelayError('not_found')
  return account.accountId
}
