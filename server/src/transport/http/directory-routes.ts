/**
 * Purpose: finding people. Anybody may look, for people find themselves before they sign in; only a device is told
 * who can be written to. Not concerned with ranking.
 */
import { directoryPage, directoryPerson, directoryQuery, personId, routes } from '@pli/protocol/wire'
import { Router } from 'express'
import type { People } from '../../domain/directory/people.ts'
import { answering, parse } from './answers.ts'
import type { Authentication } from './authentication.ts'
import type { RateLimits } from './rate-limits.ts'

interface Parts {
  people: People
  authentication: Authentication
  rateLimits: RateLimits
}

export function createDirectoryRoutes({ people, authentication, rateLimits }: Parts): Router {
  const router = Router()
  router.get(
    routes.people,
    rateLimits.byAddress('directory'),
    answering(directoryPage, async (request) => {
      const device = await authentication.deviceIfAny(request)
      const { q, ...fields } = parse(directoryQuery, request.query)
      const query = { ...omitUndefined(fields), ...(q === undefined ? {} : { text: q }) }
      if (device === undefined) return people.search(query)
      await rateLimits.spend('accountDirectory', device.accountId)
      return people.searchWithAccounts(query)
    }),
  )
  router.get(
    routes.person(':personId'),
    rateLimits.byAddress('directory'),
    answering(directoryPerson, async (request) => {
      const device = await authentication.deviceIfAny(request)
      const id = parse(personId, request.params.personId)
      if (device === undefined) return people.person(id)
      await rateLimits.spend('accountDirectory', device.accountId)
      return people.personWithAccount(id)
    }),
  )
  return router
}

/** zod gives absent fields the type `T | undefined`, and inside an absent field is absent. */
function omitUndefined<T extends object>(fields: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [Key in keyof T]: Exclude<T[Key], undefined> }
}
