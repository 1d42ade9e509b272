/**
 * Accepting one submission: idempotency, the recipient's device list and room in each queue are checked in the same
 * transaction that stores the envelopes. Runs inside a write.
 */
import type { DeviceId } from '@pli/protocol/wire'
import type { Submission, Submitted } from '../interfaces.ts'
import type { Database } from './database.ts'

interface RecipientRow {
  device_key: number
  device_id: number
  registration_id: number
  queued: number
}

export function prepareSubmit(database: Database): (submission: Submission) => Submitted {
  const known = database.prepare<{ content_hash: Uint8Array; received_at_ms: number }>(
    'SELECT content_hash, received_at_ms FROM submissions WHERE key_hash = ?',
  )
  const recipients = database.prepare<RecipientRow>(
    `SELECT device_key, device_id, registration_id, queued FROM devices WHERE account_id = ?
     ORDER BY device_id`,
  )
  const enterQueue = database.prepare<{ last_sequence: number }>(
    `UPDATE devices SET last_sequence = last_sequence + 1, queued = queued + 1 WHERE device_key = ?
     RETURNING last_sequence`,
  )
  const insertEnvelope = database.prepare(
    `INSERT INTO envelopes (device_key, sequence, key_hash, received_at_ms, expires_at_ms, size, content)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  )
  const insertSubmission = database.prepare(
    `INSERT INTO submissions (key_hash, content_hash, received_at_ms, state, remaining, forgotten_at_ms)
     VALUES (?, ?, ?, 'queued', ?, ?)`,
  )

  function store(submission: Submission, contents: Map<number, Uint8Array>): void {
    const { keyHash, contentHash, receivedAtMs, expiresAtMs, forgottenAtMs } = submission
    for (const [deviceKey, content] of contents) {
      const sequence = enterQueue.get(deviceKey)?.last_sequence ?? 0
      insertEnvelope.run(deviceKey, sequence, keyHash, receivedAtMs, expiresAtMs, content.length, content)
    }
    insertSubmission.run(keyHash, contentHash, receivedAtMs, contents.size, forgottenAtMs)
  }

  return (submission) => {
    const earlier = known.get(submission.keyHash)
    if (earlier) {
      if (Buffer.compare(earlier.content_hash, submission.contentHash) !== 0) return { outcome: 'conflict' }
      return { outcome: 'duplicate', receivedAtMs: earlier.received_at_ms }
    }
    const devices = recipients.all(submission.accountId)
    const contents = matchDevices(submission, devices)
    if (!contents) return { outcome: 'devices_differ', devices: devices.map(toRecipient) }
    if (devices.some((device) => device.queued >= submission.queuedAtMost)) return { outcome: 'queue_full' }
    store(submission, contents)
    return { outcome: 'stored' }
  }
}

/** The content for each device key, or undefined unless the submission addresses each device exactly once. */
function matchDevices(submission: Submission, devices: RecipientRow[]): Map<number, Uint8Array> | undefined {
  if (devices.length === 0 || submission.envelopes.length !== devices.length) return undefined
  const contents = new Map<number, Uint8Array>()
  for (const { deviceId, registrationId, content } of submission.envelopes) {
    const device = devices.find((row) => row.device_id === deviceId && row.registration_id === registrationId)
    if (!device || contents.has(device.device_key)) return undefined
    contents.set(device.device_key, content)
  }
  return contents
}

function toRecipient(row: RecipientRow) {
  return { deviceId: row.device_id as DeviceId, registrationId: row.registration_id }
}
