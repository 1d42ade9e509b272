/**
 * The few answers of a relay that accounts need, in memory: tickets, devices, trust roots. For what crosses
 * packages the real relay is used (`test/`); here it is the moment of an answer, or its loss, that is tested.
 */
import {
  type AccountId,
  type DirectoryPerson,
  type OwnAccount,
  type PersonId,
  type RegisterDeviceRequest,
  type RelayConfig,
  toBase64Url,
} from '@pli/protocol/wire'
import { ClientError } from '../../errors.ts'
import { createRelayApi } from '../../relay/fetch-relay.ts'
import type { RelayApi } from '../../relay/relay-api.ts'

interface FakeAccount {
  account: OwnAccount
  identityKey?: Uint8Array
}

export interface FakeRelay {
  api: RelayApi
  accounts: Map<PersonId, FakeAccount>
  requests: RegisterDeviceRequest[]
  /** Revocation tokens that came, in order. */
  revoked: string[]
  /** It cannot be asked to revoke anything. */
  isAway: boolean
  /** The challenge of the last address that was made, as a ticket. */
  ticketFor(url: string): string
  /** Runs within `registerDevice`, once the device is there and before it is answered. */
  beforeAnswer: (request: RegisterDeviceRequest) => void | Promise<void>
}

export function makePerson(personId: string, firstName: string): DirectoryPerson {
  const place = { postcode: '9000', nsi: '44021', nl: 'Gent', fr: 'Gand' }
  return {
    personId: personId as PersonId,
    firstName,
    lastName: 'Voorbeeld',
    deceased: false,
    roles: [{ roleId: '1', profession: 'NURSE', cdHcparty: 'persnurse', place, active: true }],
  }
}

export function createFakeRelay(people: DirectoryPerson[]): FakeRelay {
  const accounts = new Map<PersonId, FakeAccount>()
  const requests: RegisterDeviceRequest[] = []
  const sessionOf = (person: DirectoryPerson) => {
    const account = accounts.get(person.personId)?.account
    return {
      sessionToken: person.personId,
      expiresAtMs: 0,
      assurance: 'proof' as const,
      person,
      ...(account === undefined ? {} : { account: structuredClone(account) }),
    }
  }
  const personOf = (personId: string) => {
    const person = people.find((candidate) => candidate.personId === personId)
    if (person === undefined) throw new ClientError('not_found')
    return person
  }
  const relay: FakeRelay = {
    accounts,
    requests,
    revoked: [],
    isAway: false,
    beforeAnswer: () => {},
    ticketFor: (url) => {
      const query = new URL(url).searchParams
      return `${query.get('personId')} ${query.get('challenge')}`
    },
    api: {
      ...createRelayApi('https://relay.example'),
      config: async () => ({ trustRoots: [new Uint8Array(33).fill(5)] }) as unknown as RelayConfig,
      redeemTicket: async (ticket, verifier) => {
        const [personId = '', challenge] = ticket.split(' ')
        const digest = await crypto.subtle.digest('SHA-256', new Uint8Array(verifier))
        if (toBase64Url(new Uint8Array(digest)) !== challenge) throw new ClientError('ticket_invalid')
        return sessionOf(personOf(personId))
      },
      redeemCode: async (personId) => sessionOf(personOf(personId)),
      account: async (token) => {
        const found = accounts.get(token as PersonId)
        if (found === undefined) throw new ClientError('not_found')
        return structuredClone(found.account)
      },
      registerDevice: async (token, request) => {
        requests.push(request)
        const person = personOf(token)
        const entry = accounts.get(person.personId) ?? newAccount(person)
        accounts.set(person.personId, entry)
        if (entry.account.devices.length > 0 && !request.replaceExisting)
          throw new ClientError('device_exists')
        const deviceId = requests.length
        const name = request.name
        entry.identityKey = request.identityKey
        entry.account.devices = [{ deviceId, name, createdAtMs: 0, lastSeenDay: '2026-01-01' }] as never
        await relay.beforeAnswer(request)
        return {
          accountId: entry.account.accountId,
          deviceId: deviceId as never,
          deviceToken: `token ${deviceId}`,
          revocationToken: `revocation ${deviceId}`,
        }
      },
      revokeDevice: async (revocationToken) => {
        if (relay.isAway) throw new ClientError('offline')
        relay.revoked.push(revocationToken)
        for (const { account } of accounts.values()) {
          account.devices = account.devices.filter(
            ({ deviceId }) => `revocation ${deviceId}` !== revocationToken,
          )
        }
      },
    },
  }
  return relay
}

function newAccount(person: DirectoryPerson): FakeAccount {
  const accountId = crypto.randomUUID() as AccountId
  return { account: { accountId, person, proof: { kind: 'oidc', atMs: 0 }, devices: [] } }
}
