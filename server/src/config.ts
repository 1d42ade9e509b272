/**
 * Purpose: what an installation may decide, read once from the environment, with a sentence for whoever set it wrong.
 * Not concerned with what the settings do: each goes to the one part that needs it. Inside, settings are trusted.
 */
import { fromBase64Url } from '@pli/protocol/wire'
import { areVapidKeys } from './check-vapid-keys.ts'
import { type Environment, environment } from './environment.ts'
import { readSecretFile, withSecretFiles } from './secret-files.ts'
import { StartRefusal } from './start-refusal.ts'

export { StartRefusal }

/** The national sign-in, or the sandbox's own. */
export type SignInProvider =
  | { kind: 'sandbox' }
  | { kind: 'external'; issuer: string; clientId: string; clientKeyPem: string; scope: string }

/** `provided`: made offline with `npm run operator -- server-certificate`; all serialised as libsignal does. */
export type CertificateSource =
  | { kind: 'generated' }
  | { kind: 'provided'; trustRoots: Uint8Array[]; serverCertificate: Uint8Array; serverKey: Uint8Array }

/** Invented people, or a register that `npm run directory:sync` takes into the data folder. */
export type DirectorySettings =
  | { kind: 'sandbox'; people: number; seed: number }
  /** `ssinKeyFile`: absent: one in the data folder. */
  | { kind: 'synchronised'; ssinKeyFile: string | undefined }

export interface ServerConfig {
  mode: 'sandbox' | 'production'
  host: string
  /** 0 takes any free port. */
  port: number
  /** Origin under which browsers reach the relay; absent: `http://localhost:` and the bound port. */
  publicUrl: string | undefined
  dataDir: string
  /** A MongoDB database in place of the store in the data folder. May hold a password: never logged. */
  mongodbUri: string | undefined
  /** Through which relays over the same MongoDB hear each other; absent: this one is alone. May hold a password. */
  redisUrl: string | undefined
  /** Origins, besides the relay's own, that apps are served from. */
  appOrigins: string[]
  /** Built apps to serve; absent: none. */
  webDist: string | undefined
  phoneDist: string | undefined
  /** Where the numbers are asked for; absent: nowhere. Port 0 takes any free port. */
  metrics: { host: string; port: number } | undefined
  /** How long a relay that was told to stop goes on answering, so that balancers notice that it is not ready. */
  drainSeconds: number
  /** Reverse proxies in front whose `X-Forwarded-For` is believed. */
  trustedProxies: number
  signIn: SignInProvider
  certificates: CertificateSource
  directory: DirectorySettings
  push: {
    vapidSubject: string
    /** Absent: drawn once and kept in the installation's storage. Base64url. */
    vapidKeys: { publicKey: string; privateKey: string } | undefined
    /** `host` or `host:port` exempt from the rule that push services have public addresses. */
    allowedHosts: string[]
    /** PEM of a certificate authority trusted for push services besides the system's. */
    certificateAuthorityPem: string | undefined
  }
  /** How many undecided requests one guarantor may have, and how many people one may answer for. */
  guarantors: { pendingAtMost: number; activeAtMost: number }
  /** Origin of the service of therapeutic links, which devices ask themselves. Absent: there is none. */
  linksServiceUrl: string | undefined
  /** Multiplies every request limit: 1 is right for an installation. */
  rateLimitFactor: number
  /** Where the exact source of this installation can be had (AGPL section 13). */
  sourceUrl: string
  logLevel: 'debug' | 'info' | 'warn' | 'error' | 'silent'
}

/** Throws StartRefusal with one sentence for each setting that is wrong. */
export function readConfig(source: Record<string, string | undefined>): ServerConfig {
  const given = Object.fromEntries(
    Object.entries(withSecretFiles(source)).filter(([, value]) => value !== ''),
  )
  const parsed = environment.safeParse(given)
  if (!parsed.success) {
    const sentences = parsed.error.issues.map((issue) => `${issue.path[0]?.toString()} ${issue.message}.`)
    throw new StartRefusal([...new Set(sentences)].join('\n'))
  }
  const env = parsed.data
  if (env.REDIS_URL !== undefined && env.MONGODB_URI === undefined) {
    throw new StartRefusal(
      'REDIS_URL joins relays over one MongoDB: set MONGODB_URI too, or unset REDIS_URL. The store in the data folder is for one relay.',
    )
  }
  const common = {
    host: env.HOST,
    port: env.PORT,
    publicUrl: env.PUBLIC_URL,
    dataDir: env.DATA_DIR,
    mongodbUri: env.MONGODB_URI,
    redisUrl: env.REDIS_URL,
    appOrigins: env.APP_ORIGINS,
    webDist: env.WEB_DIST,
    phoneDist: env.PHONE_DIST,
    metrics: env.METRICS_PORT === undefined ? undefined : { host: env.METRICS_HOST, port: env.METRICS_PORT },
    drainSeconds: env.DRAIN_SECONDS,
    trustedProxies: env.TRUSTED_PROXIES,
    directory: readDirectory(env),
    push: readPush(env),
    guarantors: {
      pendingAtMost: env.GUARANTOR_PENDING_AT_MOST,
      activeAtMost: env.GUARANTOR_ACTIVE_AT_MOST,
    },
    linksServiceUrl: env.LINKS_SERVICE_URL,
    rateLimitFactor: env.RATE_LIMIT_FACTOR,
    logLevel: env.LOG_LEVEL,
  }
  return env.PLI_MODE === 'sandbox' ? sandboxConfig(env, common) : productionConfig(env, common)
}

type Common = Omit<ServerConfig, 'mode' | 'signIn' | 'certificates' | 'sourceUrl'>

function sandboxConfig(env: Environment, common: Common): ServerConfig {
  if (env.OIDC_ISSUER !== undefined) {
    throw new StartRefusal(
      'PLI_MODE=sandbox signs invented people in with its own identity provider: unset OIDC_ISSUER, or set PLI_MODE=production.',
    )
  }
  return {
    ...common,
    mode: 'sandbox',
    signIn: { kind: 'sandbox' },
    certificates: { kind: 'generated' },
    sourceUrl: env.SOURCE_URL ?? 'https://example.invalid/set-SOURCE_URL',
  }
}

/** In production every part that the sandbox invents must have been given, or the relay says which is missing. */
function productionConfig(env: Environment, common: Common): ServerConfig {
  const needs: [unknown, string][] = [
    [env.PUBLIC_URL, 'PUBLIC_URL: the https address under which browsers reach the relay'],
    [env.OIDC_ISSUER, 'OIDC_ISSUER: the national sign-in; the sandbox provider does not start in production'],
    [env.OIDC_CLIENT_ID, 'OIDC_CLIENT_ID: the client registered there'],
    [env.OIDC_CLIENT_KEY_FILE, 'OIDC_CLIENT_KEY_FILE: its private RSA key (PKCS#8, PEM)'],
    [env.TRUST_ROOTS, 'TRUST_ROOTS: public trust roots made offline; none is generated in production'],
    [env.SERVER_CERTIFICATE, 'SERVER_CERTIFICATE: signed by a trust root'],
    [env.SERVER_CERTIFICATE_KEY_FILE, 'SERVER_CERTIFICATE_KEY_FILE: the private key that belongs to it'],
    [env.VAPID_SUBJECT, 'VAPID_SUBJECT: whom push services may write to'],
    [env.SOURCE_URL, 'SOURCE_URL: where the exact source of this installation can be had'],
  ]
  const missing = needs.filter(([value]) => value === undefined).map(([, sentence]) => sentence)
  if (missing.length > 0) {
    throw new StartRefusal(
      `PLI_MODE=production needs:\n  ${missing.join('\n  ')}\nTo try Pli with invented people, set PLI_MODE=sandbox.`,
    )
  }
  if (!env.PUBLIC_URL!.startsWith('https://'))
    throw new StartRefusal('PUBLIC_URL must be https in production.')
  if (env.LINKS_SERVICE_URL?.startsWith('http:'))
    throw new StartRefusal('LINKS_SERVICE_URL must be https in production.')
  return {
    ...common,
    mode: 'production',
    signIn: {
      kind: 'external',
      issuer: env.OIDC_ISSUER!,
      clientId: env.OIDC_CLIENT_ID!,
      clientKeyPem: readSecretFile('OIDC_CLIENT_KEY_FILE', env.OIDC_CLIENT_KEY_FILE!),
      scope: env.OIDC_SCOPE,
    },
    certificates: {
      kind: 'provided',
      trustRoots: env.TRUST_ROOTS!.map((root) => readBytes('TRUST_ROOTS', root)),
      serverCertificate: readBytes('SERVER_CERTIFICATE', env.SERVER_CERTIFICATE!),
      serverKey: readBytes(
        'SERVER_CERTIFICATE_KEY_FILE',
        readSecretFile('SERVER_CERTIFICATE_KEY_FILE', env.SERVER_CERTIFICATE_KEY_FILE!).trim(),
      ),
    },
    sourceUrl: env.SOURCE_URL!,
  }
}

function readDirectory(env: Environment): DirectorySettings {
  const usual = env.PLI_MODE === 'sandbox' ? 'generated' : 'synchronised'
  return (env.DIRECTORY ?? usual) === 'generated'
    ? { kind: 'sandbox', people: env.SANDBOX_PEOPLE, seed: env.SANDBOX_SEED }
    : { kind: 'synchronised', ssinKeyFile: env.SSIN_KEY_FILE }
}

function readPush(env: Environment): ServerConfig['push'] {
  const { VAPID_PUBLIC_KEY: publicKey, VAPID_PRIVATE_KEY: privateKey } = env
  if ((publicKey === undefined) !== (privateKey === undefined)) {
    throw new StartRefusal('VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY belong together: set both, or neither.')
  }
  const vapidKeys =
    publicKey === undefined || privateKey === undefined ? undefined : { publicKey, privateKey }
  if (vapidKeys && !areVapidKeys(vapidKeys)) {
    throw new StartRefusal(
      'VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY are not the two halves of one key: npx web-push generate-vapid-keys makes them.',
    )
  }
  return {
    vapidSubject: env.VAPID_SUBJECT ?? 'mailto:operator@example.invalid',
    vapidKeys,
    allowedHosts: env.PUSH_ALLOWED_HOSTS,
    certificateAuthorityPem: undefined,
  }
}

function readBytes(variable: string, text: string): Uint8Array {
  try {
    return fromBase64Url(text)
  } catch {
    throw new StartRefusal(`${variable} must be base64url, as npm run operator printed it.`)
  }
}

/** Every part that the sandbox invents calls this before it does anything. */
export function refuseInProduction(config: ServerConfig, part: string): void {
  if (config.mode === 'production') {
    throw new StartRefusal(refusalOf(part))
  }
}

/** Before anything is opened. Throws StartRefusal with a sentence for each part that only a sandbox may have. */
export function refuseSandboxParts(config: ServerConfig): void {
  if (config.mode !== 'production') return
  const parts: [boolean, string][] = [
    [config.directory.kind === 'sandbox', 'The directory of invented people'],
    [config.signIn.kind === 'sandbox', 'The sandbox’s identity provider'],
    [config.certificates.kind === 'generated', 'A generated trust root'],
  ]
  const sentences = parts.filter(([isSandbox]) => isSandbox).map(([, part]) => refusalOf(part))
  if (sentences.length > 0) throw new StartRefusal(sentences.join('\n'))
}

function refusalOf(part: string): string {
  return `${part} belongs to the sandbox and does not start in production.`
}
