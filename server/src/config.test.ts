/** Settings: what a person reads who got one wrong, and what production does not do without. */
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PrivateKey } from '@signalapp/libsignal-client'
import { afterAll, describe, expect, it } from 'vitest'
import webPush from 'web-push'
import { readConfig, StartRefusal, startRelay } from './app.ts'
import { createServerCertificate } from './domain/certificates/certificates.ts'
import { silentLog } from './log.ts'

const folder = mkdtempSync(join(tmpdir(), 'pli-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

const vapid = webPush.generateVAPIDKeys()
const SECRET = 'the-content-of-a-secret-file'
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')

function production(changes: Record<string, string | undefined> = {}) {
  const trustRoot = PrivateKey.generate()
  const { certificate, key } = createServerCertificate(trustRoot)
  const keyFile = join(folder, 'server.key')
  const oidcFile = join(folder, 'oidc.pem')
  writeFileSync(keyFile, `${text(key.serialize())}\n`)
  writeFileSync(oidcFile, SECRET)
  return {
    PLI_MODE: 'production',
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
    ...changes,
  }
}

function sentenceOf(environment: Record<string, string | undefined>): string {
  try {
    readConfig(environment)
  } catch (error) {
    if (error instanceof StartRefusal) return error.message
    throw error
  }
  throw new Error('it was accepted')
}

describe('settings', () => {
  it('have defaults that fit a try-out', () => {
    expect(readConfig({ PLI_MODE: 'sandbox' })).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      dataDir: '.data',
      signIn: { kind: 'sandbox' },
      certificates: { kind: 'generated' },
    })
  })

  it('that are empty count as absent', () => {
    expect(readConfig({ PLI_MODE: 'sandbox', PORT: '', PUBLIC_URL: '' }).port).toBe(8080)
  })

  it.each([
    [{ PORT: 'http' }, 'PORT must be a whole number from 0 to 65535.'],
    [{ PORT: '70000' }, 'PORT must be a whole number from 0 to 65535.'],
    [{ PUBLIC_URL: 'pli.example.be' }, 'PUBLIC_URL must be an address such as https://pli.example.be.'],
    [
      { PUBLIC_URL: 'https://pli.example.be/app' },
      'PUBLIC_URL must be an origin without a path, such as https://pli.example.be.',
    ],
    [{ PLI_MODE: 'test' }, 'PLI_MODE must be "sandbox" or "production".'],
    [{ APP_ORIGINS: 'https://a.test, nonsense' }, 'APP_ORIGINS must be an address'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL must be debug, info, warn, error or silent.'],
    [{ VAPID_PUBLIC_KEY: 'x' }, 'VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY belong together'],
    [
      { VAPID_PUBLIC_KEY: vapid.publicKey, VAPID_PRIVATE_KEY: webPush.generateVAPIDKeys().privateKey },
      'are not the two halves of one key',
    ],
    [{ VAPID_PUBLIC_KEY: 'x', VAPID_PRIVATE_KEY: 'y' }, 'are not the two halves of one key'],
    [{ VAPID_SUBJECT: 'it@example.be' }, 'VAPID_SUBJECT must be a mailto: or https: address.'],
    [{ PUSH_ALLOWED_HOSTS: 'https://push.test/' }, 'PUSH_ALLOWED_HOSTS must be hosts such as'],
    [{ REDIS_URL: 'redis://127.0.0.1' }, 'set MONGODB_URI too, or unset REDIS_URL'],
    [{ REDIS_URL: 'localhost' }, 'REDIS_URL must be an address such as'],
    [{ METRICS_PORT: '99999' }, 'METRICS_PORT must be a whole number from 0 to 65535.'],
    [{ DRAIN_SECONDS: '-1' }, 'DRAIN_SECONDS must be a whole number from 0 to 300.'],
    [{ TRUSTED_PROXIES: 'yes' }, 'TRUSTED_PROXIES must be a whole number from 0 to 5.'],
    [{ OIDC_ISSUER: 'https://iam.example.be' }, 'unset OIDC_ISSUER, or set PLI_MODE=production'],
  ])('that are wrong are named in a sentence: %o', (changes, sentence) => {
    expect(sentenceOf({ PLI_MODE: 'sandbox', ...changes })).toContain(sentence)
  })

  it('take a key for pushes whose halves belong together, and hosts in any spelling', () => {
    const { publicKey: VAPID_PUBLIC_KEY, privateKey: VAPID_PRIVATE_KEY } = vapid
    const given = {
      VAPID_PUBLIC_KEY,
      VAPID_PRIVATE_KEY,
      PUSH_ALLOWED_HOSTS: 'Push.Hospital.be:8443, [fd00::1]',
    }
    expect(readConfig({ PLI_MODE: 'sandbox', ...given }).push).toMatchObject({
      vapidKeys: vapid,
      allowedHosts: ['push.hospital.be:8443', '[fd00::1]'],
    })
  })

  it('of the numbers’ port are named as they are called', async () => {
    const start = (metrics: Record<string, string>) => {
      const dataDir = join(folder, 'numbers')
      const given = { PLI_MODE: 'sandbox', PORT: '0', SANDBOX_PEOPLE: '100', DATA_DIR: dataDir, ...metrics }
      return startRelay(readConfig(given), { log: silentLog })
    }
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as AddressInfo
    await expect(start({ METRICS_PORT: String(port) })).rejects.toThrow(`METRICS_PORT=${port + 1}`)
    taken.close()
    await expect(start({ METRICS_PORT: '0', METRICS_HOST: '192.0.2.1' })).rejects.toThrow(
      'METRICS_HOST=192.0.2.1 is not an address of this machine.',
    )
  })
})

describe('production', () => {
  it('is the default, and says all that it needs', () => {
    const sentence = sentenceOf({})
    for (const name of ['PUBLIC_URL', 'OIDC_ISSUER', 'OIDC_CLIENT_KEY_FILE', 'TRUST_ROOTS', 'SOURCE_URL']) {
      expect(sentence).toContain(name)
    }
    expect(sentence).toContain('PLI_MODE=sandbox')
  })

  it('takes what was made offline, and nothing generated', () => {
    const config = readConfig(production())
    expect(config.signIn.kind).toBe('external')
    expect(config.certificates.kind).toBe('provided')
  })

  it('wants https', () => {
    expect(sentenceOf(production({ PUBLIC_URL: 'http://pli.example.be' }))).toBe(
      'PUBLIC_URL must be https in production.',
    )
  })

  it('names a file that is not there, and never what is in one', () => {
    const missing = production({ OIDC_CLIENT_KEY_FILE: join(folder, 'nowhere') })
    expect(sentenceOf(missing)).toBe('OIDC_CLIENT_KEY_FILE names a file that cannot be read.')
    const wrong = production({ SERVER_CERTIFICATE_KEY_FILE: join(folder, 'oidc.pem') })
    writeFileSync(join(folder, 'oidc.pem'), `${SECRET} !`)
    expect(sentenceOf(wrong)).not.toContain(SECRET)
  })

  it('does not start on the directory of invented people', async () => {
    const config = readConfig(production({ DIRECTORY: 'generated' }))
    await expect(startRelay(config, { log: silentLog })).rejects.toThrow(
      'The directory of invented people belongs to the sandbox and does not start in production.',
    )
  })

  it('says how to take a register in when the directory has nobody yet', async () => {
    await expect(startRelay(readConfig(production()), { log: silentLog })).rejects.toThrow(
      'The directory has nobody yet: take a register in first, with the same DATA_DIR:\n  npm run directory:sync',
    )
  })

  it('does not start on anything that the sandbox invents, and opens nothing before it says so', async () => {
    const dataDir = join(folder, 'data-2')
    const sandbox = readConfig({ PLI_MODE: 'sandbox', PORT: '0', DATA_DIR: dataDir })
    const starting = startRelay({ ...sandbox, mode: 'production' }, { log: silentLog })
    await expect(starting).rejects.toThrow(StartRefusal)
    for (const part of ['directory of invented people', 'identity provider', 'generated trust root']) {
      await expect(starting).rejects.toThrow(part)
    }
    expect(existsSync(dataDir)).toBe(false)
  })
})
