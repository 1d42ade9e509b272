/** The domain's parts put together over one storage. Wiring only; no transport is known here. */

import type { DirectoryReader } from '@pli/directory/store'
import type { PersonId } from '@pli/protocol/wire'
import { type Cluster, healCluster } from './cluster/open-cluster.ts'
import type { ServerConfig } from './config.ts'
import { createAccounts } from './domain/accounts/accounts.ts'
import { createPasswords } from './domain/accounts/passwords.ts'
import { createAttachments } from './domain/attachments/attachments.ts'
import { openCertificates } from './domain/certificates/certificates.ts'
import { createDevices } from './domain/devices/devices.ts'
import type { Directory } from './domain/directory/directory.ts'
import { createFhirSources } from './domain/directory/fhir-source.ts'
import { followRegister } from './domain/directory/follow-register.ts'
import { guardDevices, guardRelay, guardSessions } from './domain/directory/guard.ts'
import { createLicences, practisingIn, type Register } from './domain/directory/licences.ts'
import { createPeople } from './domain/directory/people.ts'
import { createCarefulSweep } from './domain/expiry/careful-sweep.ts'
import { createGuarantors, withVouched } from './domain/guarantors/guarantors.ts'
import { createVouchedPeople } from './domain/guarantors/vouched-people.ts'
import { createKeys, defaultKeyRates, type KeyRates } from './domain/keys/keys.ts'
import { memoryLimits } from './domain/limits.ts'
import { createEndpointPolicy } from './domain/push/endpoint-policy.ts'
import { createPush } from './domain/push/push.ts'
import { openVapidKeys } from './domain/push/vapid-keys.ts'
import { createPushSender } from './domain/push/web-push-sender.ts'
import { Connections } from './domain/relay/connections.ts'
import { noOtherNodes } from './domain/relay/other-nodes.ts'
import { createRelay } from './domain/relay/relay.ts'
import { startSweeper } from './domain/relay/sweeper.ts'
import type { ClaimLookups } from './domain/sign-in/oidc-claims.ts'
import { createOidcClient } from './domain/sign-in/oidc-client.ts'
import { createOidcSignIn } from './domain/sign-in/oidc-sign-in.ts'
import { issueOperatorCode } from './domain/sign-in/operator-codes.ts'
import { createSessions } from './domain/sign-in/sessions.ts'
import { createSignIn } from './domain/sign-in/sign-in.ts'
import type { BucketRate } from './domain/token-buckets.ts'
import type { Log } from './log.ts'
import { countRelay } from './operations/count-relay.ts'
import { countedLink } from './operations/counted-link.ts'
import { createMetrics } from './operations/metrics.ts'
import type { OpenedProvider } from './sign-in-provider.ts'
import type { Storage } from './storage/interfaces.ts'

interface Sources {
  config: ServerConfig
  storage: Storage
  directory: Directory
  /** Where a synchronised register is kept; absent: people are as they were made. */
  register?: DirectoryReader | undefined
  lookups: ClaimLookups
  provider: OpenedProvider
  log: Log
  /** Absent: this relay is the only one over its store. */
  cluster?: Cluster | undefined
}

const SWEEP_EVERY_MS = 10 * 60_000

export type Domain = Awaited<ReturnType<typeof createDomain>>

/** Throws StartRefusal when certificates do not fit together. */
export async function createDomain(sources: Sources) {
  const { config, storage, directory, register, lookups, provider, log, cluster } = sources
  const { push: pushConfig, rateLimitFactor: factor } = config
  const limits = cluster?.limits ?? memoryLimits
  const policy = createEndpointPolicy(pushConfig.allowedHosts)
  const vapidKeys = await openVapidKeys(pushConfig.vapidKeys, storage.installation)
  const sender = createPushSender({ ...pushConfig, policy, vapidKeys })
  const push = createPush({ store: storage.push, policy, sender, log })
  const certificates = await openCertificates(config.certificates, storage.installation)

  const nowMs = Date.now
  const others = cluster?.join(push, () => connections) ?? noOtherNodes(push)
  const connections: Connections = new Connections({
    ...{ storage, push, others, log },
    countLink: (link, sinceMs) => countedLink(link, sinceMs, metrics.deliverySeconds),
    isSuspended: (accountId) => licences.isSuspended(accountId),
  })
  const vouched = createVouchedPeople({ store: storage.guarantees, directory, nowMs })
  const people = createPeople(directory, storage.accounts, vouched)
  const registered = practisingIn(register ?? registerOf(directory), nowMs)
  const licences = withVouched(
    createLicences({
      ...{ accounts: storage.accounts, connections, log },
      whoPractises: async (ids) => new Set([...(await registered(ids)), ...(await vouched.practising(ids))]),
    }),
    storage,
  )
  const metrics = createMetrics(() => connections.count)
  const relay = countRelay(
    guardRelay(createRelay({ storage, connections, push, others, nowMs, log }), licences),
    metrics,
  )
  const devices = guardDevices(createDevices({ storage, connections, nowMs }), people, licences)
  const keys = createKeys({ storage, nowMs, rates: scaleKeyRates(defaultKeyRates, factor), shared: limits })

  const guarantors = createGuarantors({
    ...{ storage, directory, vouched, licences, connections, others, log, nowMs },
    bounds: config.guarantors,
    async deleteAccount(personId) {
      const account = await storage.accounts.byPersonId(personId)
      if (account) await devices.deleteAccount(account.accountId)
    },
  })

  const passwords = createPasswords()
  const accounts = createAccounts(storage, people, passwords)
  const sessions = guardSessions(createSessions(storage.tickets), people)
  const oidc = createOidcSignIn({
    ...provider,
    client: createOidcClient(provider.client),
    stores: storage,
    people,
    lookups,
  })
  const signIn = createSignIn({
    ...{ oidc, sessions, accounts, people, passwords, limits },
    stores: storage,
    guarantees: guarantors.requests,
  })

  const attachments = createAttachments(storage)

  const expire = async (atMs: number) => {
    await relay.sweep()
    await storage.tickets.sweep(atMs)
    await attachments.sweep(atMs)
    await guarantors.sweep(atMs)
  }
  const sweep = await createCarefulSweep({ installation: storage.installation, sweep: expire, log })
  const sweeper = startSweeper(sweep, SWEEP_EVERY_MS, log)
  const healing = cluster && healCluster(cluster, connections, log)
  await guarantors.follow()
  const followed = register && (await followRegister(register, licences, log))

  return {
    ...{
      accounts,
      attachments,
      certificates,
      connections,
      devices,
      guarantors,
      keys,
      limits,
      metrics,
      oidc,
      people,
      push,
      relay,
      sessions,
      signIn,
    },
    fhirSources: createFhirSources(directory, storage.accounts),
    vapidPublicKey: vapidKeys.publicKey,
    async issueOperatorCode(personId: PersonId) {
      await people.requirePractising(personId)
      return issueOperatorCode(storage.tickets, personId, nowMs())
    },
    async close() {
      push.close()
      guarantors.close()
      await healing?.stop()
      await followed?.close()
      await sweeper.stop()
    },
  }
}

/** Of invented people, whom nobody changes. */
function registerOf(directory: Directory): Register {
  return { personsById: (personIds) => directory.people(personIds) }
}

function scaleKeyRates(rates: KeyRates, factor: number): KeyRates {
  const scale = ({ burst, perSecond }: BucketRate) => ({
    burst: burst * factor,
    perSecond: perSecond * factor,
  })
  return {
    perRequester: scale(rates.perRequester),
    perTarget: scale(rates.perTarget),
    perUploader: scale(rates.perUploader),
  }
}
