/**
 * Purpose: `npm start`: builds the apps if their sources changed, starts everything on this machine, says where it is
 * and who can be signed in as, and stops cleanly.
 * Not concerned with production, where `server/src/main.ts` runs alone and the apps are served from elsewhere.
 */
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { professionNames } from '@pli/directory'
import { type RunningRelay, readConfig, type ServerConfig, StartRefusal, startRelay } from '@pli/server'
import { buildApps, findStaleApps } from './app-builds.ts'
import { linksEnvironment, startLinksSandbox } from './links-sandbox.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

async function main(): Promise<void> {
  process.chdir(root)
  const linksPort = process.env.SANDBOX_LINKS_PORT
  const usual = { PLI_MODE: 'sandbox', LOG_LEVEL: 'warn', ...linksEnvironment(linksPort) }
  const config = readConfig({ ...usual, ...process.env })
  const stopBuilding = new AbortController()
  let relay: RunningRelay | undefined
  let stopLinks = async () => {}
  stopOnSignal(async () => {
    stopBuilding.abort()
    await Promise.all([relay?.close(), stopLinks()])
  })
  // The relay first: a taken port is known before anything is built.
  const starting = startRelay(config).then((started) => {
    relay = started
  })
  try {
    await Promise.all([starting, build(stopBuilding.signal)])
  } catch (error) {
    stopBuilding.abort()
    await starting.catch(() => undefined)
    await relay?.close()
    throw error
  }
  if (relay === undefined) return
  announce(relay, config)
  stopLinks = startLinksSandbox(linksPort, relay.url)
}

async function build(signal: AbortSignal): Promise<void> {
  const stale = findStaleApps(root)
  if (stale.length === 0) return
  console.log(`Building ${stale.map(({ app }) => app).join(' and ')} …`)
  const failure = await buildApps(root, stale, signal)
  if (failure !== '' && !signal.aborted) throw new StartRefusal(failure)
}

function announce({ url, demoPeople }: RunningRelay, { dataDir, mode }: ServerConfig): void {
  console.log(`Pli is ready: ${url}`)
  console.log(`  desktop app  ${url}/`)
  console.log(`  phone app    ${url}/phone/`)
  console.log(`  data         ${dataDir}${mode === 'sandbox' ? '  (delete it to begin anew)' : ''}`)
  if (demoPeople.length === 0) return
  console.log('\nSandbox: every person is invented. Find one in the directory and sign in as them:')
  const width = Math.max(...demoPeople.map(({ displayName }) => displayName.length))
  for (const { displayName, profession, place } of demoPeople) {
    const where = [...new Set([place.fr, place.nl])].join(' / ')
    console.log(`  ${displayName.padEnd(width)}  ${professionNames[profession].en}, ${where}`)
  }
  console.log('\nCtrl-C stops.')
}

/** The first signal stops cleanly, the second at once. */
function stopOnSignal(stop: () => Promise<void>): void {
  let stopping = false
  const onSignal = () => {
    if (stopping) process.exit(1)
    stopping = true
    console.log('\nStopping …')
    stop().then(
      () => {
        console.log('Stopped.')
        process.exit(0)
      },
      () => process.exit(1),
    )
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
}

main().catch((error: unknown) => {
  console.error(error instanceof StartRefusal ? error.message : error)
  process.exit(1)
})
