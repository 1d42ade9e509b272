/**
 * Purpose: who is asking, from the `Authorization: Bearer` token: a device, or a sign-in session.
 * Not concerned with what each of them may do beyond that.
 */
import type { Request } from 'express'
import type { Session, Sessions } from '../../domain/sign-in/sessions.ts'
import { RelayError } from '../../errors.ts'
import type { StoredDevice } from '../../storage/interfaces.ts'

export interface Authentication {
  /** Throws RelayError `unauthenticated`. */
  device(request: Request): Promise<StoredDevice>
  /** Undefined without a token; throws `unauthenticated` with one that nobody has. */
  deviceIfAny(request: Request): Promise<StoredDevice | undefined>
  session(request: Request): Promise<Session>
  either(request: Request): Promise<{ device: StoredDevice } | { session: Session }>
}

interface Sources {
  sessions: Sessions
  authenticateDevice(token: string): Promise<StoredDevice>
}

const TOKEN = /^Bearer ([A-Za-z0-9._~+/-]{20,200}=*)$/

export function createAuthentication({ sessions, authenticateDevice }: Sources): Authentication {
  async function session(request: Request): Promise<Session> {
    const found = await sessions.read(bearer(request), Date.now())
    if (found === undefined) throw new RelayError('unauthenticated')
    return found
  }
  const device = (request: Request) => authenticateDevice(bearer(request))
  return {
    session,
    device,
    async deviceIfAny(request) {
      return request.headers.authorization === undefined ? undefined : device(request)
    },
    async either(request) {
      const found = await sessions.read(bearer(request), Date.now())
      return found === undefined ? { device: await device(request) } : { session: found }
    },
  }
}

export function bearer(request: Request): string {
  const token = TOKEN.exec(request.headers.authorization ?? '')?.[1]
  if (token === undefined) throw new RelayError('unauthenticated')
  return token
}
