/** The audit trail over the real store: what is appended is whole, and what was altered shows. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { silentLog } from '../../log.ts'
import { Database } from '../../storage/embedded/database.ts'
import { openEmbeddedStorage } from '../../storage/embedded/open.ts'
import type { Storage } from '../../storage/interfaces.ts'
import { createAuditTrail } from './audit-trail.ts'

let folder = ''
let storage: Storage
const open = async () => {
  storage = await openEmbeddedStorage(join(folder, 'relay.db'))
  return createAuditTrail(storage.audit, silentLog, () => 1_000)
}
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pli-audit-'))
})
afterEach(async () => {
  await storage.close()
  await rm(folder, { recursive: true, force: true })
})

const entry = (subject: string) => ({ event: 'guarantee.approved', actor: 'operator', subject })

it('is whole however many append at once, at one relay or at two', async () => {
  const [one, two] = [await open(), createAuditTrail(storage.audit, silentLog, () => 2_000)]
  await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map((id, at) => (at % 2 ? one : two).append(entry(id))))
  const { entries, brokenAt } = await one.verify()
  expect([entries, brokenAt]).toEqual([6, undefined])
  expect((await one.read(0, 10)).map(({ subject }) => subject).sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
})

it('can be neither changed nor erased through the database, and shows where it was', async () => {
  const trail = await open()
  for (const id of ['a', 'b', 'c']) await trail.append(entry(id))
  const { head } = await trail.verify()
  await storage.close()
  const database = new Database(join(folder, 'relay.db'))
  expect(() => database.execute("UPDATE audit SET subject = 'x'")).toThrow()
  expect(() => database.execute('DELETE FROM audit WHERE sequence = 2')).toThrow()
  // Whoever may change the tables may do so nonetheless.
  database.execute("DROP TRIGGER audit_is_never_changed; UPDATE audit SET subject = 'x' WHERE sequence = 2")
  await database.close()
  const again = await open()
  expect(await again.verify()).toMatchObject({ entries: 1, brokenAt: 2 })
  expect((await again.verify()).head).not.toBe(head)
})
