/**
 * Accepting one submission: idempotency, the recipient's device list and room in each queue are checked in the same
 * transaction that stores the envelopes. Runs inside a write.
 */
import type { DeviceId } from '@pli/protocol/wire'
import type { Submission, Submitted } from '../interfaces.ts'
import type { Database } from './database.ts'
import type { DeviceQueue, Queues } from './queues.ts'

export function prepareSubmit(database: Database, queues: Queues): (submission: Submission) => Submitted {
  const known = database.prepare<{ content_hash: Uint8Array; received_at_ms: number }>(
    `SELECT content_hash, received_at_ms FROM submissions
     WHERE substr(key_hash, 1, 8) = substr(?1, 1, 8) AND key_hash = ?1`,
  )
  const insertSubmission = database.prepare(
    `INSERT INTO submissions
       (key_hash, content_hash, received_at_ms, state, remaining, forgotten_at_ms, device_key, sequence)
     VALUES (?, ?, ?, 0, ?, ?, ?, ?)`,
  )
  const insertEnvelope = database.prepare(
    `INSERT INTO envelopes (device_key, sequence, submission_key, received_at_ms, expires_at_ms, size, content)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  )

  function store(submission: Submission, recipients: DeviceQueue[]): number[] {
    const { keyHash, contentHash, receivedAtMs, expiresAtMs, forgottenAtMs, envelopes } = submission
    const sequences = recipients.map((queue) => queues.enter(queue))
    const isShared = envelopes.length > 1
    const place = isShared ? [null, null] : [recipients[0]?.deviceKey ?? null, sequences[0] ?? null]
    const counts = [receivedAtMs, envelopes.length, forgottenAtMs] as const
    const key = insertSubmission.insert(keyHash, contentHash, ...counts, ...place)
    for (const [index, { deviceKey }] of recipients.entries()) {
      const { content } = envelopes[index]!
      const values = [isShared ? -key : key, receivedAtMs, expiresAtMs, content.length, content] as const
      insertEnvelope.run(deviceKey, sequences[index] ?? 0, ...values)
    }
    return sequences
  }

  return (submission) => {
    const earlier = known.get(submission.keyHash)
    if (earlier) {
      if (Buffer.compare(earlier.content_hash, submission.contentHash) !== 0) return { outcome: 'conflict' }
      return { outcome: 'duplicate', receivedAtMs: earlier.received_at_ms }
    }
    queues.trim()
    const devices = queues.ofAccount(submission.accountId)
    const recipients = matchDevices(submission, devices)
    if (!recipients) return { outcome: 'devices_differ', devices: devices.map(toRecipient) }
    if (devices.some((queue) => queue.queued >= submission.queuedAtMost)) return { outcome: 'queue_full' }
    return { outcome: 'stored', sequences: store(submission, recipients) }
  }
}

/** The queue for each envelope, or undefined unless the submission addresses each device exactly once. */
function matchDevices({ envelopes }: Submission, devices: DeviceQueue[]): DeviceQueue[] | undefined {
  if (devices.length === 0 || envelopes.length !== devices.length) return undefined
  const queues: DeviceQueue[] = []
  for (const { deviceId, registrationId } of envelopes) {
    const queue = devices.find((one) => one.deviceId === deviceId && one.registrationId === registrationId)
    if (!queue || queues.includes(queue)) return undefined
    queues.push(queue)
  }
  return queues
}

function toRecipient({ deviceId, registrationId }: DeviceQueue) {
  return { deviceId: deviceId as DeviceId, registrationId }
}
