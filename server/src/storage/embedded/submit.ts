/**
 * Accepting one submission: idempotency, the recipient's device list and room in each queue are checked in the same
 * transaction that stores the envelopes. Runs inside a write.
 */
import type { DeviceId } from '@pli/protocol/wire'
import type { Submission, Submitted } from '../interfaces.ts'
import { ARRIVAL_AT_MOST_BYTES, type Arrivals } from './arrivals.ts'
import type { Database } from './database.ts'
import type { DeviceQueue, Queues } from './queues.ts'
import type { SubmissionMemory } from './submission-memory.ts'

interface Parts {
  queues: Queues
  memory: SubmissionMemory
  arrivals: Arrivals
}

export function prepareSubmit(
  database: Database,
  { queues, memory, arrivals }: Parts,
): (submission: Submission) => Submitted {
  const insertEnvelope = database.prepare(
    `INSERT INTO envelopes (device_key, sequence, submission_key, received_at_ms, expires_at_ms, size, content)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  )

  function store(submission: Submission, recipients: DeviceQueue[]): number[] {
    const { keyHash, contentHash, receivedAtMs, expiresAtMs, forgottenAtMs, envelopes } = submission
    const sequences = recipients.map((queue) => queues.enter(queue))
    const isShared = envelopes.length > 1
    const place = isShared
      ? undefined
      : { deviceKey: recipients[0]?.deviceKey ?? 0, sequence: sequences[0] ?? 0 }
    const times = { receivedAtMs, forgottenAtMs }
    const key = memory.remember({ keyHash, contentHash, ...times, envelopes: envelopes.length, place })
    for (const [index, { deviceKey }] of recipients.entries()) {
      const { content } = envelopes[index]!
      const sequence = sequences[index] ?? 0
      const submissionKey = isShared ? -key : key
      if (content.length <= ARRIVAL_AT_MOST_BYTES) {
        arrivals.enter({ deviceKey, sequence, submissionKey, receivedAtMs, expiresAtMs, content })
      } else {
        const values = [submissionKey, receivedAtMs, expiresAtMs, content.length, content] as const
        insertEnvelope.run(deviceKey, sequence, ...values)
      }
    }
    return sequences
  }

  return (submission) => {
    const earlier = memory.find(submission.keyHash)
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
