/**
 * A relay that turned against its users: stands before the real one, certifies with keys of its own, remembers all that
 * passes, and lets a test change, forge, repeat or withhold anything. Without an attack it is honest.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { TestDevice } from '@pli/client/testing'
import { routes } from '@pli/protocol/wire'
import { Server, type Socket } from 'socket.io'
import { io } from 'socket.io-client'
import { startTestRelay, type TestRelay } from '../client/relay.ts'
import { Authority, type CertifiedParty } from './authority.ts'
import {
  changed,
  type HttpAnswer,
  type HttpAttack,
  type HttpRequest,
  passOn,
  readRequest,
  respond,
} from './hostile-http.ts'

export interface Envelope {
  sequence: number
  receivedAtMs: number
  content: Uint8Array
}
export interface Submission {
  idempotencyKey: string
  accountId: string
  urgent: boolean
  envelopes: { deviceId: number; registrationId: number; content: Uint8Array }[]
}
/** Never answered, as by a relay that lost interest. */
export const SILENCE = Symbol('silence')

export interface Attacks {
  http?: HttpAttack
  /** Of one connection's device; returns the answer to it, or `SILENCE`. */
  submit?(submission: Submission, pass: () => Promise<unknown>): Promise<unknown>
  acknowledge?(sequences: number[], pass: () => Promise<unknown>): Promise<unknown>
  outcomes?(pass: () => Promise<unknown>): Promise<unknown>
  /** What of it reaches the device, in which order. */
  deliver?(envelopes: Envelope[], to: string): Envelope[]
}

export interface HostileRelay {
  readonly url: string
  readonly real: TestRelay
  readonly authority: Authority
  attacks: Attacks
  /** Everything that came by. */
  readonly requests: HttpRequest[]
  readonly submissions: { from: string; submission: Submission }[]
  readonly deliveries: { to: string; envelope: Envelope }[]
  readonly acknowledged: number[]
  connections: number
  device(...args: Parameters<TestRelay['device']>): Promise<TestDevice>
  /** What the device registered with, as it was sent. */
  registration(accountId: string): Record<string, unknown>
  party(accountId: string): CertifiedParty
  /** Emits any event to a connected device. */
  emit(accountId: string, event: string, ...payload: unknown[]): void
  /** Delivers envelopes under sequences of its own. */
  inject(accountId: string, contents: readonly Uint8Array[], receivedAtMs?: number): number[]
  disconnect(accountId: string): void
  /** What came by so far. */
  forget(): void
  close(): Promise<void>
}

/** Sequences of injected envelopes: the real relay does not get there. */
const FIRST_FORGED = 1_000_000_000

export async function startHostileRelay(): Promise<HostileRelay> {
  const real = await startTestRelay()
  const authority = new Authority()
  const parties = new Map<string, CertifiedParty & { registration: Record<string, unknown> }>()
  const sockets = new Map<string, Socket>()
  let nextForged = FIRST_FORGED

  const http = createServer((request, response) => {
    if (request.url?.startsWith(routes.socketPath)) return
    void (async () => {
      const asked = await readRequest(request)
      relay.requests.push(asked)
      const pass = () => answerHonestly(asked)
      const answer = await (relay.attacks.http?.(asked, pass) ?? pass())
      if (typeof answer === 'function') answer(response)
      else respond(response, answer)
    })().catch(() => response.destroy())
  })
  const answerHonestly = async (asked: HttpRequest): Promise<HttpAnswer> => {
    const answer = await passOn(asked, real.url, relay.url)
    if (asked.path === routes.config) {
      const trustRoots = [Buffer.from(authority.trustRoot).toString('base64url')]
      return changed<object>(answer, (value) => ({ ...value, trustRoots }))
    }
    if (asked.path === routes.devices && asked.method === 'POST') remember(asked, answer)
    if (asked.path === routes.certificate) {
      const certificate = Buffer.from(authority.certify(partyOf(asked.token))).toString('base64url')
      return changed<object>(answer, (value) => ({ ...value, certificate }))
    }
    return answer
  }
  const remember = (asked: HttpRequest, answer: HttpAnswer) => {
    const answered = JSON.parse(answer.body.toString()) as {
      value?: { accountId: string; deviceId: number; deviceToken: string }
    }
    if (answered.value === undefined) return
    const { accountId, deviceId, deviceToken } = answered.value
    const registration = JSON.parse(asked.body.toString()) as { identityKey: string }
    const identityKey = new Uint8Array(Buffer.from(registration.identityKey, 'base64url'))
    parties.set(deviceToken, { accountId, deviceId, identityKey, registration })
  }
  const partyOf = (token: string | undefined) => {
    const party = parties.get(token ?? '')
    if (party === undefined) throw new Error('an unknown device')
    return party
  }
  const latest = (accountId: string) => {
    const party = [...parties.values()].findLast((one) => one.accountId === accountId)
    if (party === undefined) throw new Error('an unknown account')
    return party
  }

  const server = new Server(http, {
    path: routes.socketPath,
    transports: ['websocket'],
    maxHttpBufferSize: 64 * 1024 * 1024,
  })
  server.on('connection', (socket) => {
    relay.connections += 1
    const { token } = socket.handshake.auth as { token: string }
    const { accountId } = partyOf(token)
    sockets.set(accountId, socket)
    const upstream = io(real.url, {
      path: routes.socketPath,
      transports: ['websocket'],
      auth: { token },
      reconnection: false,
      forceNew: true,
    })
    socket.on('disconnect', () => upstream.disconnect())
    upstream.on('disconnect', () => socket.disconnect())
    upstream.on('connect_error', () => socket.disconnect())
    upstream.on('deliver', ({ envelopes }: { envelopes: Envelope[] }) => {
      for (const envelope of envelopes) relay.deliveries.push({ to: accountId, envelope })
      const chosen = relay.attacks.deliver?.(envelopes, accountId) ?? envelopes
      if (chosen.length > 0) socket.emit('deliver', { envelopes: chosen })
    })
    for (const event of ['drained', 'revoked']) {
      upstream.on(event, (...payload: unknown[]) => socket.emit(event, ...payload))
    }
    const asking = (event: string, request: unknown) => () => upstream.emitWithAck(event, request)
    const answering = async (answer: Promise<unknown>, callback: (answer: unknown) => void) => {
      const value = await answer.catch(() => SILENCE)
      if (value !== SILENCE) callback(value)
    }
    socket.on('submit', (submission: Submission, callback) => {
      relay.submissions.push({ from: accountId, submission })
      const pass = asking('submit', submission)
      void answering(relay.attacks.submit?.(submission, pass) ?? pass(), callback)
    })
    socket.on('acknowledge', (request: { sequences: number[] }, callback) => {
      relay.acknowledged.push(...request.sequences)
      const genuine = request.sequences.filter((sequence) => sequence < FIRST_FORGED)
      const pass = async () =>
        genuine.length === 0 ? { ok: true, value: {} } : asking('acknowledge', { sequences: genuine })()
      void answering(relay.attacks.acknowledge?.(genuine, pass) ?? pass(), callback)
    })
    socket.on('outcomes', (request: unknown, callback) => {
      const pass = asking('outcomes', request)
      void answering(relay.attacks.outcomes?.(pass) ?? pass(), callback)
    })
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`

  const socketOf = (accountId: string) => {
    const socket = sockets.get(accountId)
    if (socket === undefined) throw new Error('the device is not connected')
    return socket
  }
  const relay: HostileRelay = {
    url,
    real,
    authority,
    attacks: {},
    requests: [],
    submissions: [],
    deliveries: [],
    acknowledged: [],
    connections: 0,
    device: (slug, options = {}) =>
      real.device(slug, { relayUrl: url, replaceExisting: true, oneTimePreKeys: 24, ...options }),
    registration: (accountId) => latest(accountId).registration,
    party: latest,
    emit: (accountId, event, ...payload) => socketOf(accountId).emit(event, ...payload),
    inject: (accountId, contents, receivedAtMs = Date.now()) => {
      const envelopes = contents.map((content) => ({ sequence: nextForged++, receivedAtMs, content }))
      for (let at = 0; at < envelopes.length; at += 10) {
        socketOf(accountId).emit('deliver', { envelopes: envelopes.slice(at, at + 10) })
      }
      return envelopes.map(({ sequence }) => sequence)
    },
    disconnect: (accountId) => void sockets.get(accountId)?.disconnect(),
    forget: () => {
      for (const seen of [relay.requests, relay.submissions, relay.deliveries, relay.acknowledged]) {
        seen.length = 0
      }
    },
    close: async () => {
      await server.close()
      http.closeAllConnections()
      await real.close()
    },
  }
  return relay
}
