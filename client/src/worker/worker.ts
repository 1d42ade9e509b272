/**
 * The worker's entry in a browser: importing it makes this worker the home of one `Pli`, so that neither PIN
 * stretching nor ratchets ever block a page. Source of messages: the page that made the worker (`connect.ts`).
 */
import { openBrowserStorage } from '../accounts/browser-storage.ts'
import { createMessenger } from '../messenger/create-messenger.ts'
import { preparePhoto } from '../photo/index.ts'
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
  return createPli({
    relay: createRelayApi(relayOrigin ?? appOrigin),
    storage: await openBrowserStorage(),
    loadEngine: async () => (await import('../engine/crypto-engine.ts')).createCryptoEngine(),
    createMessenger,
    preparePhoto,
    tabId,
    appOrigin,
    locksWhenIdle: true,
  })
}
