/**
 * The worker's entry in a browser: importing it makes this worker the home of one `Pli`, so that neither PIN
 * stretching nor ratchets ever block a page. Source of messages: the page that made the worker (`connect.ts`).
 * What only an open account needs is fetched apart, so that the first load stays small.
 */
import { openBrowserStorage } from '../accounts/browser-storage.ts'
import { createPli, type RunningPli } from '../pli.ts'
import { createRelayApi } from '../relay/fetch-relay.ts'
import type { StartMessage, ToWorker } from './messages.ts'
import { servePli } from './serve.ts'

let start: (pli: Promise<RunningPli>) => void = () => {}
const started = new Promise<RunningPli>((resolve) => {
  start = resolve
})
const serve = servePli(started, self)

self.addEventListener('message', (event: MessageEvent<ToWorker>) => {
  if (event.data.type === 'start') start(startPli(event.data))
  else serve(event.data)
})

async function startPli({ relayOrigin, tabId }: StartMessage): Promise<RunningPli> {
  const appOrigin = self.location.origin
  const pli = await createPli({
    relay: createRelayApi(relayOrigin ?? appOrigin),
    storage: await openBrowserStorage(),
    loadEngine: async () => (await import('../engine/crypto-engine.ts')).createCryptoEngine(),
    createMessenger: async (context) => (await loadMessenger()).createMessenger(context),
    preparePhoto: async (bytes) => (await import('../photo/index.ts')).preparePhoto(bytes),
    tabId,
    appOrigin,
    locksWhenIdle: true,
  })
  // While somebody types their PIN there is time; a failure shows itself when it matters.
  if (pli.accounts.get()?.length) loadMessenger().catch(() => undefined)
  return pli
}

function loadMessenger() {
  return import('../messenger/create-messenger.ts')
}
