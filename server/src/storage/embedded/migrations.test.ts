/**
 * Folders that earlier versions wrote, from the first: made with the tables of that version and rows as it wrote them,
 * then opened by this one. When a migration is added, add what must survive it here.
 */
import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AccountId, AttachmentId, DeviceId, PersonId } from '@pli/protocol/wire'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Storage } from '../interfaces.ts'
import { Database } from './database.ts'
import { openEmbeddedStorage } from './open.ts'
import { migrate, migrations } from './schema.ts'

/** SHA-256 of each migration that was released: what a folder was made with is never edited afterwards. */
const released = [
  '5f43c86f07a2155d68699bcb3315b57f5b19ef320c0f1ae8b6e6b2c0f6d627ac',
  'c9d3ba68fd19cfc4ff27197298805e589bdc45d2d474faeac4557f89722a2aa9',
  '833a852c94844028f21a4a7dca0c0b653af3a41bdda8aaf95a3ac6c55849fed7',
  '0cda33f0e72ecd9fd10be8a9a6dc5a4e934ca7df77edf38e031e903a92ec1089',
  '56c65999fe4ec850adba16acb68cda0d9ab6ed91817f00a1c5574d6d9405f7c1',
]

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pli-migrations-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const accountId = '0e0e0e0e-0000-4000-8000-000000000001' as AccountId
const address = { accountId, deviceId: 1 as DeviceId }
const hash = (text: string) => createHash('sha256').update(text).digest()
const FAR_MS = Date.UTC(2100, 0, 1)

/** As version 1 wrote them: an account with a device, keys, a queue, a session, a push subscription, an attachment. */
function fillVersion1(database: Database): void {
  const run = (sql: string, ...values: (string | number | Uint8Array | null)[]) =>
    database.prepare(sql).run(...values)
  run(
    `INSERT INTO accounts (account_id, person_id, identity_key, proof_kind, proof_at_ms, login_name, password_hash, created_at_ms, last_device_id)
     VALUES (?, 'person-1', ?, 'operator_code', 1, 'login', 'hash', 1, 1)`,
    ...[accountId, new Uint8Array(33).fill(5)],
  )
  run(
    `INSERT INTO devices (account_id, device_id, registration_id, name, token_hash, revocation_hash, created_at_ms, last_seen_day, last_sequence, queued)
     VALUES (?, 1, 77, 'Chromium', ?, ?, 1, '2026-11-01', 2, 1)`,
    ...[accountId, hash('token'), hash('revocation')],
  )
  run("INSERT INTO signed_keys VALUES (1, 'ec', 1, ?, ?)", new Uint8Array(33), new Uint8Array(64))
  run("INSERT INTO signed_keys VALUES (1, 'kyber', 2, ?, ?)", new Uint8Array(1569), new Uint8Array(64))
  run(
    "INSERT INTO one_time_keys (device_key, kind, id, public_key) VALUES (1, 'ec', 7, ?)",
    new Uint8Array(33),
  )
  run('INSERT INTO envelopes VALUES (1, 2, ?, 1, ?, 6, ?)', hash('key'), FAR_MS, Buffer.from('sealed'))
  run("INSERT INTO submissions VALUES (?, ?, 1, 'queued', 1, ?)", hash('key'), hash('content'), FAR_MS)
  run("INSERT INTO tickets VALUES ('sign_in_session', ?, 'person-1', '{}', ?)", hash('session'), FAR_MS)
  run(
    'INSERT INTO push_subscriptions VALUES (1, ?, ?, ?)',
    'https://push.example/1',
    new Uint8Array(65),
    new Uint8Array(16),
  )
  run("INSERT INTO attachments VALUES ('attachment-1', 100, ?, 'complete')", FAR_MS)
  run("INSERT INTO installation VALUES ('name', ?)", new Uint8Array([1, 2, 3]))
}

async function expectVersion1(storage: Storage): Promise<void> {
  const device = await storage.devices.byAddress(address)
  expect(device).toMatchObject({ accountId, deviceId: 1, registrationId: 77 })
  expect(await storage.accounts.reachable(['person-1' as PersonId])).toEqual(
    new Map([['person-1', accountId]]),
  )
  const bounds = { afterSequence: 0, maxEnvelopes: 10, maxBytes: 1000 }
  const [envelope] = await storage.envelopes.list(address, bounds)
  expect([envelope?.sequence, Buffer.from(envelope?.content ?? []).toString()]).toEqual([2, 'sealed'])
  expect(await storage.envelopes.states([hash('key')])).toEqual(['queued'])
  expect(await storage.keys.counts(address)).toEqual({ preKeys: 1, kyberPreKeys: 0 })
  expect(await storage.tickets.read('sign_in_session', hash('session'), 1)).toMatchObject({
    personId: 'person-1',
  })
  expect(await storage.push.get(address)).toMatchObject({ endpoint: 'https://push.example/1' })
  expect(await storage.attachments.byId('attachment-1' as AttachmentId)).toMatchObject({ state: 'complete' })
  expect([...((await storage.installation.get('name')) ?? [])]).toEqual([1, 2, 3])
}

async function makeVersion(version: number): Promise<string> {
  const file = join(folder, `version-${version}.db`)
  const database = new Database(file)
  migrate(database, 1)
  fillVersion1(database)
  migrate(database, version)
  await database.close()
  return file
}

describe('a folder of version', () => {
  for (let version = 1; version <= migrations.length; version += 1) {
    it(`${version} opens with everything that was in it, and stays so`, async () => {
      const file = await makeVersion(version)
      for (const _opening of ['first', 'second']) {
        const storage = await openEmbeddedStorage(file)
        await expectVersion1(storage)
        await storage.close()
      }
    })
  }
})

it('never edits a migration that was released', () => {
  expect(migrations.map((sql) => hash(sql).toString('hex'))).toEqual(released)
})
