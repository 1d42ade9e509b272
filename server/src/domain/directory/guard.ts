/**
 * Purpose: the parts of the domain as they are while licences count: devices and sessions of who may not practise are
 * refused, and nothing is taken for them. Wrappers only: what the parts do is theirs.
 */
import type { Devices } from '../devices/devices.ts'
import type { Relay } from '../relay/relay.ts'
import type { Sessions } from '../sign-in/sessions.ts'
import type { Licences } from './licences.ts'
import type { People } from './people.ts'

export function guardRelay(relay: Relay, licences: Licences): Relay {
  return {
    ...relay,
    async submit(request) {
      licences.requireActive(request.accountId)
      return relay.submit(request)
    },
  }
}

export function guardDevices(
  devices: Devices,
  people: Pick<People, 'requirePractising'>,
  licences: Licences,
): Devices {
  return {
    ...devices,
    async authenticate(token) {
      const device = await devices.authenticate(token)
      licences.requireActive(device.accountId)
      return device
    },
    async register(person, request) {
      await people.requirePractising(person.personId)
      const registered = await devices.register(person, request)
      // The licence may have ended between the question and the account's coming into being.
      await licences.review([person.personId])
      return registered
    },
  }
}

/** A session that was opened before the licence ended, ends with it. */
export function guardSessions(sessions: Sessions, people: Pick<People, 'requirePractising'>): Sessions {
  return {
    ...sessions,
    async read(token, nowMs) {
      const session = await sessions.read(token, nowMs)
      if (session !== undefined) await people.requirePractising(session.personId)
      return session
    },
  }
}
