/**
 * One socket to the relay, with every event parsed at this edge. It lives until it breaks and never comes back:
 * `connection.ts` opens the next one. Source: `protocol/wire/envelopes.ts`. Not concerned with when to connect.
 */
import {
  answer,
  type Delivery,
  delivery,
  type OutcomesAnswer,
  outcomesAnswer,
  type Refusal,
  type Revocation,
  revocation,
  routes,
  type SubmitReceipt,
  submitReceipt,
  toBase64Url,
} from '@pli/protocol/wire'
import { io, type Socket } from 'socket.io-client'
import { z } from 'zod'
import { ClientError } from '../errors.ts'
import { hasCalendarTimes } from '../relay/calendar-time.ts'

const ANSWER_TIMEOUT_MS = 20_000
const CONNECT_TIMEOUT_MS = 15_000

export interface Submission {
  /** 16 bytes. */
  idempotencyKey: Uint8Array
  accountId: string
  urgent: boolean
  envelopes: { deviceId: number; registrationId: number; content: Uint8Array }[]
}
export type SocketAnswer<T> = { ok: true; value: T } | Refusal

export interface RelaySocketEvents {
  connected(): void
  delivered(delivery: Delivery): void
  drained(): void
  guarantees(): void
  revoked(revocation: Revocation): void
  /** Once, and last. `code` is the relay's when it refused the connection. */
  ended(code: string | undefined): void
}

export interface RelaySocket {
  /** Throws `offline` when no answer came; then nobody knows whether it arrived. */
  submit(submission: Submission): Promise<SocketAnswer<SubmitReceipt>>
  acknowledge(sequences: number[]): Promise<SocketAnswer<object>>
  outcomes(idempotencyKeys: Uint8Array[]): Promise<SocketAnswer<OutcomesAnswer>>
  /** Whether the relay answers in time. */
  isAlive(withinMs: number): Promise<boolean>
  close(): void
}

export function openRelaySocket(origin: string, token: string, events: RelaySocketEvents): RelaySocket {
  const socket = io(origin, {
    path: routes.socketPath,
    transports: ['websocket'],
    auth: { token },
    reconnection: false,
    forceNew: true,
    timeout: CONNECT_TIMEOUT_MS,
  })
  let over = false
  const end = (code?: string) => {
    if (over) return
    over = true
    socket.disconnect()
    events.ended(code)
  }
  socket.on('connect', () => events.connected())
  socket.on('connect_error', (error) => end(error.message))
  socket.on('disconnect', () => end())
  socket.on('deliver', (raw: unknown) => {
    const parsed = delivery.safeParse(raw)
    // What cannot be parsed cannot be acknowledged either: it would come again for ever on this connection alone.
    if (parsed.success && hasCalendarTimes(parsed.data.envelopes)) events.delivered(parsed.data)
  })
  socket.on('drained', () => events.drained())
  socket.on('guarantees', () => events.guarantees())
  socket.on('revoked', (raw: unknown) => {
    const parsed = revocation.safeParse(raw)
    events.revoked(parsed.success ? parsed.data : { reason: 'removed' })
  })
  return {
    submit: ({ idempotencyKey, ...rest }) =>
      ask(socket, 'submit', { idempotencyKey: toBase64Url(idempotencyKey), ...rest }, submitReceipt),
    acknowledge: (sequences) => ask(socket, 'acknowledge', { sequences }, z.object({})),
    outcomes: (keys) =>
      ask(socket, 'outcomes', { idempotencyKeys: keys.map((key) => toBase64Url(key)) }, outcomesAnswer),
    isAlive: async (withinMs) => {
      // A question about a submission that never was: any answer will do.
      const nobody = toBase64Url(crypto.getRandomValues(new Uint8Array(16)))
      const answered = socket.timeout(withinMs).emitWithAck('outcomes', { idempotencyKeys: [nobody] })
      return answered.then(
        () => true,
        () => false,
      )
    },
    close: () => {
      over = true
      socket.disconnect()
    },
  }
}

async function ask<T extends z.ZodType>(
  socket: Socket,
  event: string,
  request: unknown,
  shape: T,
): Promise<SocketAnswer<z.output<T>>> {
  if (!socket.connected) throw new ClientError('offline')
  let raw: unknown
  try {
    raw = await socket.timeout(ANSWER_TIMEOUT_MS).emitWithAck(event, request)
  } catch (cause) {
    throw new ClientError('offline', { cause })
  }
  const parsed = answer(shape).safeParse(raw)
  if (!parsed.success || !hasCalendarTimes(parsed.data)) throw new ClientError('unavailable')
  // The parse has established it; the compiler cannot follow a generic through the union.
  return parsed.data as SocketAnswer<z.output<T>>
}
