/**
 * Purpose: the relay put together: storage, domain, transports. Wiring only; several may run in one process.
 * Not concerned with the process (`main.ts`) nor with what any part does.
 */
import { resolve } from 'node:path'
import { demoPeople } from '@pli/directory/sandbox'
import { type PersonId, type RelayConfig, routes } from '@pli/protocol/wire'
import { letDevicesGo } from './cluster/leaving.ts'
import { type Cluster, openCluster } from './cluster/open-cluster.ts'
import { refuseSandboxParts, type ServerConfig } from './config.ts'
import { followReachable } from './directory-search/reachable-people.ts'
import { openLinksTokens } from './domain/therapeutic-links/links-tokens.ts'
import { createDomain, type Domain } from './domain.ts'
import { RelayError } from './errors.ts'
import { listen } from './listening.ts'
import type { Log } from './log.ts'
import { openDirectory } from './open-directory.ts'
import { openStorage as openConfiguredStorage } from './open-storage.ts'
import type { HeldFiles } from './operations/backup/take.ts'
import { startMetricsServer } from './operations/metrics-server.ts'
import { createReadiness, type ReadinessCheck } from './operations/readiness.ts'
import { createGuaranteeCommands } from './operator/guarantee-commands.ts'
import { type CommandResult, openOperatorSocket } from './operator/operator-socket.ts'
import { createPinoLog } from './pino-log.ts'
import { listDemoPeople } from './sandbox/demo-people.ts'
import { openSignInProvider } from './sign-in-provider.ts'
import type { Storage, StoreFiles } from './storage/interfaces.ts'
import { createClientAddress } from './transport/client-address.ts'
import { createRoutes } from './transport/http/routes.ts'
import { defaultSocketRates, scaleRates } from './transport/socket/rates.ts'
import { startSocketServer } from './transport/socket/socket-server.ts'

export { readConfig, type ServerConfig, StartRefusal } from './config.ts'
export type { Log } from './log.ts'

type DemoPerson = NonNullable<RelayConfig['sandbox']>['people'][number]

export interface RunningRelay {
  /** Origin under which clients reach it, without a slash at the end. */
  readonly url: string
  readonly port: number
  /** Whom a sandbox can be signed in as; empty in production. */
  readonly demoPeople: DemoPerson[]
  /** What `npm run operator -- code` does. Throws RelayError `not_found` or `licence_inactive`. */
  issueOperatorCode(slugOrPersonId: string): Promise<{ code: string; expiresAtMs: number }>
  /** Where the numbers are; undefined unless asked for. */
  readonly metricsPort: number | undefined
  /** From now on `/health/ready` says no; everything else goes on until `close`. */
  drain(): void
  /** Answers what is under way, closes every connection, then the store. */
  close(): Promise<void>
}

/** What may be put in the place of the usual parts. */
interface RelayParts {
  log?: Log
  openStorage?: (dataDir: string) => Promise<Storage>
}

/** Throws StartRefusal with a sentence for the operator. */
export async function startRelay(
  config: ServerConfig,
  {
    log = createPinoLog(config.logLevel),
    openStorage = () => openConfiguredStorage(config),
  }: RelayParts = {},
): Promise<RunningRelay> {
  refuseSandboxParts(config)
  const undo: (() => unknown)[] = []
  const close = async () => {
    for (const step of undo.splice(0).reverse()) await step()
  }
  try {
    return await start(config, { log, openStorage }, undo, close)
  } catch (error) {
    await close()
    throw error
  }
}

async function start(
  config: ServerConfig,
  { log, openStorage }: Required<RelayParts>,
  undo: (() => unknown)[],
  close: () => Promise<void>,
): Promise<RunningRelay> {
  const listening = await listen(config.host, config.port)
  undo.push(() => listening.close())
  const storage = await openStorage(config.dataDir)
  undo.push(() => storage.close())
  const { redisUrl } = config
  const { installation } = storage
  const cluster = redisUrl === undefined ? undefined : await openCluster({ redisUrl, installation, log })
  undo.push(() => cluster?.close())
  const opened = await openDirectory(config, storage.installation, log)
  undo.push(() => opened.close())
  const { directory } = opened
  const reachable = followReachable(directory, storage.accounts)
  undo.push(() => reachable.close())
  const origins = originsOf(config, listening.port)
  const provider = await openSignInProvider(config, {
    directory,
    installation: storage.installation,
    ...origins,
    ownUrl: listening.ownUrl,
    redirectUri: `${origins.publicUrl}${routes.oidcCallback}`,
    redis: cluster?.redis.commands,
  })
  const domain = await createDomain({ config, storage, ...opened, provider, log, cluster })
  undo.push(() => domain.close())
  // Again, and so earlier: requests under way need the domain and the store.
  undo.push(() => listening.close())
  const linksTokens = await openLinksTokens({
    ...{ issuer: origins.publicUrl, serviceUrl: config.linksServiceUrl },
    ...{ installation: storage.installation, nowMs: Date.now },
  })
  const readiness = createReadiness(partsOf(storage, cluster), { log })
  const sandboxPeople = config.mode === 'sandbox' ? listDemoPeople() : []
  const routeSources = {
    config,
    domain,
    storage,
    origins,
    provider,
    linksTokens,
    sandboxPeople,
    readiness,
    log,
  }
  listening.answerWith(createRoutes(routeSources))
  const metricsServer =
    config.metrics && (await startMetricsServer(config.metrics, domain.metrics, readiness))
  undo.push(() => metricsServer?.close())
  const sockets = startSocketServer(listening.server, {
    ...domain,
    nowMs: Date.now,
    log,
    nodes: cluster?.carrier,
    rates: scaleRates(defaultSocketRates, config.rateLimitFactor),
    addressOf: createClientAddress(config.trustedProxies),
  })
  undo.push(() => sockets.close())
  const issueOperatorCode = (person: string) => issueCode(domain, person)
  const commands = {
    code: async (person: string) => ({ value: await issueOperatorCode(person) }),
    ...createGuaranteeCommands(domain),
    'hold-files': async () => holdFiles(storage, config.dataDir),
  }
  const operators = await openOperatorSocket(config.dataDir, commands, log)
  undo.push(() => new Promise<void>((resolve) => (operators ? operators.close(() => resolve()) : resolve())))
  log.info({ mode: config.mode, port: listening.port }, 'the relay is up')
  return {
    url: origins.publicUrl,
    port: listening.port,
    metricsPort: metricsServer?.port,
    demoPeople: sandboxPeople,
    issueOperatorCode,
    drain() {
      readiness.drain()
      log.info({}, 'the relay is leaving')
      // A relay alone keeps them until the end: they would only come back.
      if (cluster) undo.push(letDevicesGo(domain.connections, config.drainSeconds * 1000))
    },
    close,
  }
}

/** Without those that are not needed the relay goes on, only worse: that is better than not at all. */
function partsOf({ installation, files }: Storage, cluster: Cluster | undefined): ReadinessCheck[] {
  const parts: ReadinessCheck[] = [{ part: 'store', check: () => installation.get('ready') }]
  if (files) parts.push({ part: 'disk', check: () => requireRoom(files), isNeeded: false })
  if (cluster) parts.push({ part: 'redis', check: cluster.check, isNeeded: false })
  return parts
}

async function requireRoom({ hasRoom }: StoreFiles): Promise<void> {
  if (!hasRoom()) throw new RelayError('unavailable', 'the disk is nearly full')
}

/** In a sandbox without a public address, whatever name this machine has for itself is the relay's own. */
function originsOf({ mode, publicUrl, appOrigins, linksServiceUrl }: ServerConfig, port: number) {
  const own = publicUrl ?? `http://localhost:${port}`
  const isLocal = mode === 'sandbox' && publicUrl === undefined
  const loopback = isLocal ? [`http://localhost:${port}`, `http://127.0.0.1:${port}`] : []
  return {
    publicUrl: own,
    appOrigins: [...new Set([...appOrigins, ...loopback])].filter((one) => one !== own),
    servicesOfDevices: linksServiceUrl === undefined ? [] : [linksServiceUrl],
  }
}

/** Throws RelayError `not_found` where the store has no files of its own. */
function holdFiles({ files }: Storage, dataDir: string): CommandResult {
  if (files === undefined) throw new RelayError('not_found')
  const value: HeldFiles = {
    database: resolve(files.database),
    attachments: resolve(dataDir, 'attachments'),
  }
  return { value, release: files.hold() }
}

/** Throws RelayError `not_found` for nobody of the directory. */
async function issueCode({ issueOperatorCode }: Domain, slugOrPersonId: string) {
  const wanted = slugOrPersonId.trim()
  const personId = demoPeople.find(({ slug }) => slug === wanted)?.personId ?? wanted
  return issueOperatorCode(personId as PersonId)
}
