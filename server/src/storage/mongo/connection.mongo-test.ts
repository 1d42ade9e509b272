/** What the store says when its server is away, and after it is back. */
import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type CuttablePath, openPath } from '../testing/cuttable-path.ts'
import { mongoServer, uriOf } from '../testing/mongo-engine.ts'
import { bytes, register, registration, submission } from '../testing/samples.ts'
import { openMongoStorage } from './open.ts'

let path: CuttablePath
let uri = ''
beforeEach(async () => {
  const { hostname, port } = new URL(mongoServer())
  path = await openPath(hostname, Number(port || 27017))
  const through = new URL(uriOf(randomUUID()))
  through.host = `127.0.0.1:${path.port}`
  through.searchParams.set('directConnection', 'true')
  uri = through.href
})
afterEach(() => path.close())

it('answers unavailable while the server is away, and goes on by itself when it is back', async () => {
  const storage = await openMongoStorage({ uri, expiryBackstop: false })
  const address = await register(storage, registration('p1'))
  await storage.envelopes.submit(submission(address.accountId))
  path.cut()
  const failure = { code: 'unavailable' }
  await expect(storage.envelopes.submit(submission(address.accountId))).rejects.toMatchObject(failure)
  await expect(storage.installation.get('name')).rejects.toMatchObject(failure)
  path.mend()
  const request = submission(address.accountId)
  await expect
    .poll(() => storage.envelopes.submit(request).catch(() => undefined), { timeout: 30_000 })
    .toBeDefined()
  expect(await storage.envelopes.submit(request)).toMatchObject({ outcome: 'duplicate' })
  expect(await storage.envelopes.queueLength(address)).toBeGreaterThanOrEqual(2)
  await storage.close()
})

it('says that nobody answers, and neither address nor password', async () => {
  const away = new URL(uri)
  away.password = 'a-password'
  away.username = 'relay'
  path.cut()
  const failure = await openMongoStorage({ uri: away.href }).then(
    () => undefined,
    (error: Error) => error,
  )
  expect(failure).toMatchObject({ code: 'unavailable' })
  expect(failure?.message).not.toMatch(/a-password|127\.0\.0\.1/)
})

it('answers unavailable after it was closed, and finishes what was begun', async () => {
  const storage = await openMongoStorage({ uri, expiryBackstop: false })
  const address = await register(storage, registration('p1'))
  const begun = storage.envelopes.submit(submission(address.accountId, { content: bytes(9) }))
  await storage.close()
  expect(await begun).toMatchObject({ outcome: 'stored' })
  await expect(storage.installation.get('name')).rejects.toMatchObject({ code: 'unavailable' })
})
