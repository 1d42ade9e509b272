/** Production with a synchronised register: that it starts, finds people, and knows who signs in. */
import { generateKeyPairSync } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCobrhaSource } from '@pli/directory/cobrha'
import { demoPeople } from '@pli/directory/sandbox'
import { startSandboxServer } from '@pli/directory/sandbox-server'
import { synchronise } from '@pli/directory/sync'
import { PrivateKey } from '@signalapp/libsignal-client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readConfig, StartRefusal, startRelay } from './app.ts'
import { openSsinKey } from './directory-sync/ssin-key.ts'
import { createServerCertificate } from './domain/certificates/certificates.ts'
import { silentLog } from './log.ts'
import { openDirectory } from './open-directory.ts'
import { openEmbeddedStorage } from './storage/embedded/open.ts'
import { openEmbeddedDirectory } from './storage/embedded-directory/open.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pli-production-'))
  await mkdir(join(folder, 'data'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function productionConfig(changes: Record<string, string> = {}) {
  const trustRoot = PrivateKey.generate()
  const { certificate, key } = createServerCertificate(trustRoot)
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const [oidcFile, keyFile] = [join(folder, 'oidc.pem'), join(folder, 'server.key')]
  await writeFile(oidcFile, privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')
  await writeFile(keyFile, text(key.serialize()))
  return readConfig({
    PORT: '0',
    PUBLIC_URL: 'https://pli.example.be',
    DATA_DIR: join(folder, 'data'),
    OIDC_ISSUER: 'https://iam.example.be/realms/healthcare',
    OIDC_CLIENT_ID: 'pli',
    OIDC_CLIENT_KEY_FILE: oidcFile,
    TRUST_ROOTS: text(trustRoot.getPublicKey().serialize()),
    SERVER_CERTIFICATE: text(certificate.serialize()),
    SERVER_CERTIFICATE_KEY_FILE: keyFile,
    VAPID_SUBJECT: 'mailto:it@example.be',
    SOURCE_URL: 'https://example.be/pli-source',
    LOG_LEVEL: 'silent',
    ...changes,
  })
}

async function takeRegisterIn(): Promise<void> {
  const dataDir = join(folder, 'data')
  const register = await startSandboxServer({ people: 300, seed: 1 })
  const source = createCobrhaSource({ url: register.url, ssinKey: await openSsinKey({ dataDir }, undefined) })
  const store = await openEmbeddedDirectory(dataDir)
  await synchronise({ source, store })
  await store.close()
  source.close()
  await register.close()
}

describe('production', () => {
  it('starts on the register that was taken in, and finds people in it', async () => {
    await takeRegisterIn()
    const relay = await startRelay(await productionConfig(), { log: silentLog })
    try {
      const local = `http://127.0.0.1:${relay.port}`
      const response = await fetch(`${local}/v1/directory/people?q=lemaire`, {
        headers: { Host: 'pli.example.be' },
      })
      const { value } = (await response.json()) as { value: { total: number; rows: { personId: string }[] } }
      expect(value.total).toBeGreaterThan(0)
      expect(relay.demoPeople).toEqual([])
      expect((await relay.issueOperatorCode(value.rows[0]?.personId ?? '')).code).toMatch(/^[0-9A-Z-]{24}$/)
    } finally {
      await relay.close()
    }
  })

  it('matches a national sign-in by its SSIN, of which the directory keeps only a look-up value', async () => {
    await takeRegisterIn()
    const storage = await openEmbeddedStorage(join(folder, 'data', 'pli.db'))
    const opened = await openDirectory(await productionConfig(), storage.installation, silentLog)
    const [nathalie] = demoPeople
    expect(await opened.lookups.personOfSsin(nathalie?.ssin ?? '')).toBe(nathalie?.personId)
    expect(await opened.lookups.personOfSsin('00000000097')).toBeUndefined()
    await opened.close()
    await storage.close()
  })

  it('does not start when the key for look-ups is named and not there', async () => {
    await takeRegisterIn()
    const config = await productionConfig({ SSIN_KEY_FILE: join(folder, 'nowhere.key') })
    const starting = startRelay(config, { log: silentLog })
    await expect(starting).rejects.toThrow(StartRefusal)
    await expect(starting).rejects.toThrow('SSIN_KEY_FILE names a file that cannot be read.')
  })
})
