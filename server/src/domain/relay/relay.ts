/**
 * Store and forward: a submission is durable before it is acknowledged, then handed to connected devices, and absent
 * ones are woken; an acknowledgement deletes for good. Nothing here knows who sent what once it is stored.
 * Not concerned with sockets, nor with what an envelope holds.
 */
import { hash } from 'node:crypto'
import { limits, type OutcomeState, type SubmitReceipt, type SubmitRequest } from '@pli/protocol/wire'
import { RelayError } from '../../errors.ts'
import type { Log } from '../../log.ts'
import type { DeviceAddress, Storage, Submission } from '../../storage/interfaces.ts'
import type { Connections } from './connections.ts'
import { compareDevices } from './device-lists.ts'
import { noOtherNodes, type OtherNodes } from './other-nodes.ts'
import type { PushWaker } from './push-waker.ts'

export interface Relay {
  /**
   * Resolves after the commit. `not_reachable`, `device_mismatch` (with the lists), `conflict`, `queue_full`,
   * `bad_request` (a device addressed twice), `unavailable`.
   */
  submit(request: SubmitRequest): Promise<SubmitReceipt>
  /** Resolves after the deletion is durable. */
  acknowledge(device: DeviceAddress, sequences: number[]): Promise<void>
  /** In the order asked. */
  outcomes(idempotencyKeys: Uint8Array[]): Promise<OutcomeState[]>
  /** Expires envelopes and forgets submissions until none is left to; returns the number of envelopes. */
  sweep(): Promise<number>
}

interface Sources {
  storage: Pick<Storage, 'envelopes'>
  connections: Pick<Connections, 'offer' | 'wake' | 'acknowledged'>
  push: PushWaker
  /** Absent: there are none. */
  others?: Pick<OtherNodes, 'wake'>
  nowMs: () => number
  log: Log
}

const SWEPT_AT_ONCE = 500

export function createRelay(sources: Sources): Relay {
  const { storage, connections, push, others = noOtherNodes(push), nowMs, log } = sources
  const { envelopes } = storage

  function announce(request: SubmitRequest, receivedAtMs: number, sequences?: number[]): void {
    const { accountId, urgent } = request
    for (const [index, { deviceId, content }] of request.envelopes.entries()) {
      const address = { accountId, deviceId }
      const sequence = sequences?.[index]
      const isConnected =
        sequence === undefined
          ? connections.wake(address, urgent)
          : connections.offer(address, { sequence, receivedAtMs, content }, urgent)
      if (!isConnected) others.wake(address, urgent)
    }
  }

  return {
    async submit(request) {
      refuseRepeatedDevices(request)
      const submission = toSubmission(request, nowMs())
      const result = await envelopes.submit(submission)
      switch (result.outcome) {
        case 'stored':
          announce(request, submission.receivedAtMs, result.sequences)
          return { receivedAtMs: submission.receivedAtMs, duplicate: false }
        case 'duplicate':
          return { receivedAtMs: result.receivedAtMs, duplicate: true }
        case 'devices_differ': {
          if (result.devices.length === 0) throw new RelayError('not_reachable')
          const devices = compareDevices(request.envelopes, result.devices)
          throw new RelayError('device_mismatch', 'the device list is not the recipient’s', { devices })
        }
        default:
          throw new RelayError(result.outcome)
      }
    },

    async acknowledge(device, sequences) {
      await envelopes.acknowledge(device, sequences)
      connections.acknowledged(device, sequences)
    },

    async outcomes(idempotencyKeys) {
      const states = await envelopes.states(idempotencyKeys.map((key) => sha256(key)))
      return states.map((state) => state ?? 'unknown')
    },

    async sweep() {
      let total = 0
      for (;;) {
        const swept = await envelopes.sweep(nowMs(), SWEPT_AT_ONCE)
        total += swept.envelopes
        if (swept.envelopes < SWEPT_AT_ONCE && swept.submissions < SWEPT_AT_ONCE) break
      }
      if (total > 0) log.info({ envelopes: total }, 'envelopes expired')
      return total
    },
  }
}

function refuseRepeatedDevices({ envelopes }: SubmitRequest): void {
  if (
    envelopes.length > 1 &&
    new Set(envelopes.map((envelope) => envelope.deviceId)).size !== envelopes.length
  ) {
    throw new RelayError('bad_request', 'a device is addressed twice')
  }
}

function toSubmission(request: SubmitRequest, receivedAtMs: number): Submission {
  const { idempotencyKey, accountId, envelopes } = request
  return {
    keyHash: sha256(idempotencyKey),
    contentHash: hashContent(request),
    accountId,
    envelopes,
    receivedAtMs,
    expiresAtMs: receivedAtMs + limits.envelopeLifetimeMs,
    forgottenAtMs: receivedAtMs + limits.submissionMemoryMs,
    queuedAtMost: limits.queuedEnvelopesPerDevice,
  }
}

/** Everything that makes it the same submission; each part is preceded by its length or has a fixed one. */
function hashContent({ accountId, envelopes }: SubmitRequest): Uint8Array {
  const parts: Uint8Array[] = [Buffer.from(accountId)]
  for (const { deviceId, registrationId, content } of envelopes) {
    parts.push(Buffer.from(`|${deviceId}|${registrationId}|${content.length}|`), content)
  }
  return sha256(Buffer.concat(parts))
}

function sha256(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes, 'buffer')
}
