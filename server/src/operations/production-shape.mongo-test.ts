/**
 * The production shape without Docker: the processes and the settings of compose.yaml, with its secrets in files, on the
 * Redis and the MongoDB-compatible server that are here. A register is taken in, certificates are made as an operator makes
 * them, and somebody signs in whose browser reaches the one relay and then the other.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { demoPeople } from '@pli/directory/sandbox'
import { startSandboxServer } from '@pli/directory/sandbox-server'
import { routes } from '@pli/protocol/wire'
import mongoose from 'mongoose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import webPush from 'web-push'
import { parse } from 'yaml'
import { type OidcIssuer, startOidcIssuer } from '../testing/oidc-issuer.ts'
import { pushServiceCertificate } from '../testing/push-service.ts'
import { startRedis } from '../testing/redis-server.ts'
import { healthPaths } from './health-routes.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const CLIENT_ID = 'pli'
const PUBLIC_URL = 'https://pli.example.be'
const run = promisify(execFile)

const redis = await startRedis()
if ('skipped' in redis) console.log(`skipped: ${redis.skipped}`)

interface Compose {
  services: Record<string, { environment: Record<string, string>; command?: string[] }>
}
const compose = parse(readFileSync(`${root}compose.yaml`, 'utf8'), { merge: true }) as Compose
const imageCommand = JSON.parse(
  /^CMD (.+)$/m.exec(readFileSync(`${root}Dockerfile`, 'utf8'))?.[1] ?? '[]',
) as string[]

async function drop({ href }: URL): Promise<void> {
  const connection = await mongoose.createConnection(href).asPromise()
  await connection.dropDatabase()
  await connection.close()
}

describe.skipIf('skipped' in redis)('the production shape', () => {
  const database = new URL(process.env.MONGODB_URI ?? 'mongodb://127.0.0.1')
  database.pathname = `/pli-production-${process.pid}`
  const relays: { child: ChildProcess; url: string }[] = []
  let folder = ''
  let issuer: OidcIssuer
  /** What stands in `.env`. */
  let values: Record<string, string> = {}

  const secretFile = (name: string) => join(folder, 'secrets', name)

  /** A service's settings as Compose hands them over, with this machine's addresses. */
  function settingsOf(service: string, changes: Record<string, string>): NodeJS.ProcessEnv {
    const given = Object.entries(compose.services[service]?.environment ?? {}).map(([name, value]) => {
      const filled = value.replace(/\$\{([A-Z_]+)[^}]*\}/g, (_, variable: string) => values[variable] ?? '')
      return [name, filled.replace(/^\/run\/secrets\/(.+)$/, (_, secret: string) => secretFile(secret))]
    })
    const { PATH = '' } = process.env
    return { PATH, ...Object.fromEntries(given), ...changes }
  }

  async function operator(...args: string[]): Promise<Record<string, string>> {
    const { stdout } = await run(process.execPath, ['--import', 'tsx', 'server/src/operator.ts', ...args], {
      cwd: root,
    })
    return Object.fromEntries(
      stdout
        .trim()
        .split('\n')
        .map((line) => line.split(/=(.*)/s).slice(0, 2)),
    )
  }

  async function prepare(): Promise<void> {
    await mkdir(join(folder, 'secrets'))
    const vapid = webPush.generateVAPIDKeys()
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    issuer = await startOidcIssuer(CLIENT_ID)
    const trustRoot = await operator('trust-root', '--out', join(folder, 'root.key'))
    const made = await operator(
      ...['server-certificate', '--trust-root', join(folder, 'root.key')],
      ...['--out', secretFile('server_certificate_key')],
    )
    const secrets = {
      mongodb_uri: database.href,
      redis_url: 'url' in redis ? redis.url : '',
      oidc_client_key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
      ssin_key: randomBytes(32).toString('base64url'),
      vapid_private_key: vapid.privateKey,
      directory_tls_certificate: '',
      directory_tls_key: '',
    }
    for (const [name, secret] of Object.entries(secrets)) await writeFile(secretFile(name), `${secret}\n`)
    values = {
      PLI_HOST: 'pli.example.be',
      OIDC_ISSUER: issuer.url,
      OIDC_CLIENT_ID: CLIENT_ID,
      TRUST_ROOTS: trustRoot.TRUST_ROOTS ?? '',
      SERVER_CERTIFICATE: made.SERVER_CERTIFICATE ?? '',
      VAPID_SUBJECT: 'mailto:it@example.be',
      VAPID_PUBLIC_KEY: vapid.publicKey,
      SOURCE_URL: 'https://example.be/pli-source',
    }
  }

  async function takeRegisterIn(): Promise<void> {
    const register = await startSandboxServer({ people: 300, seed: 1 })
    values.DIRECTORY_SOURCE = register.url
    const [, ...command] = (compose.services.directory?.command ?? []).filter((word) => word !== '--watch')
    const env = settingsOf('directory', { DATA_DIR: join(folder, 'directory') })
    await run(process.execPath, command, { cwd: root, env })
    await register.close()
  }

  async function startNode(service: string): Promise<void> {
    const env = settingsOf(service, {
      ...{ HOST: '127.0.0.1', PORT: '0', METRICS_HOST: '127.0.0.1', METRICS_PORT: '0', DRAIN_SECONDS: '1' },
      DATA_DIR: join(folder, service),
      NODE_EXTRA_CA_CERTS: join(folder, 'issuer.pem'),
    })
    const [, ...command] = imageCommand
    const child = spawn(process.execPath, command, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] })
    const port = await new Promise<string>((resolve, reject) => {
      let logged = ''
      child.stdout.on('data', (chunk: Buffer) => {
        logged += chunk.toString()
        const [, found] = /"port":(\d+)/.exec(logged) ?? []
        if (found !== undefined) resolve(found)
      })
      child.once('exit', () => reject(new Error(logged)))
    })
    relays.push({ child, url: `http://127.0.0.1:${port}` })
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pli-production-'))
    await writeFile(join(folder, 'issuer.pem'), pushServiceCertificate)
    await prepare()
    await takeRegisterIn()
    await Promise.all(['relay-1', 'relay-2'].map(startNode))
  })
  afterAll(async () => {
    for (const { child } of relays) if (child.exitCode === null) child.kill('SIGKILL')
    await issuer?.close()
    if ('stop' in redis) await redis.stop()
    await drop(database)
    await rm(folder, { recursive: true, force: true })
  })

  const at = (node: number, path: string, init: RequestInit = {}) =>
    fetch(`${relays[node]?.url}${path}`, { redirect: 'manual', ...init })
  const answered = async (response: Response) => ((await response.json()) as { value: unknown }).value

  it('says that a register must be taken in first, and ends, to be started again', async () => {
    const empty = new URL(database.href)
    empty.pathname += '-empty'
    const env = settingsOf('relay-1', {
      ...{ HOST: '127.0.0.1', PORT: '0', METRICS_PORT: '', DATA_DIR: join(folder, 'empty') },
      ...{ MONGODB_URI_FILE: '', MONGODB_URI: empty.href },
    })
    const [, ...command] = imageCommand
    const patience = { timeout: 60_000, killSignal: 'SIGKILL' } as const
    const ended = await run(process.execPath, command, { cwd: root, env, ...patience }).catch(
      (error) => error,
    )
    expect(ended).toMatchObject({ code: 1, stdout: expect.stringContaining('The directory has nobody yet') })
    await drop(empty)
  })

  it('is ready on both nodes, with nothing of the sandbox', async () => {
    for (const node of [0, 1]) {
      const ready = await at(node, healthPaths.ready)
      expect([ready.status, await ready.json()]).toEqual([200, { ok: true }])
      const config = (await answered(await at(node, routes.config))) as Record<string, unknown>
      expect(config.sandbox).toBeUndefined()
      expect(config.vapidPublicKey).toBe(values.VAPID_PUBLIC_KEY)
    }
  })

  it('signs somebody in whose requests reach the one node and then the other', async () => {
    const [nathalie] = demoPeople
    const verifier = randomBytes(32)
    const query = new URLSearchParams({
      personId: nathalie?.personId ?? '',
      challenge: createHash('sha256').update(verifier).digest('base64url'),
      returnTo: '/',
      language: 'fr',
    })
    const started = await at(0, `${routes.oidcStart}?${query}`)
    const authorization = new URL(started.headers.get('location') ?? '')
    expect(authorization.href.startsWith(`${issuer.url}/authorize?`)).toBe(true)
    const callback = issuer.signIn(authorization, nathalie?.ssin ?? '')
    expect(callback.origin + callback.pathname).toBe(PUBLIC_URL + routes.oidcCallback)
    const returned = new URL((await at(1, callback.pathname + callback.search)).headers.get('location') ?? '')
    expect(returned.origin).toBe(PUBLIC_URL)
    const ticket = new URLSearchParams(returned.hash.slice(1)).get('ticket')
    const session = await at(0, routes.redeemTicket, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ ticket, verifier: verifier.toString('base64url') }),
    })
    expect(await answered(session)).toMatchObject({
      assurance: 'proof',
      person: { personId: nathalie?.personId },
    })
  })

  it('ends with 0 when it is told to stop', async () => {
    const ends = relays.map(({ child }) => once(child, 'exit'))
    for (const { child } of relays) child.kill('SIGTERM')
    expect(await Promise.all(ends)).toEqual([
      [0, null],
      [0, null],
    ])
  })
})
