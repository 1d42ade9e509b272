/**
 * The worker of the Chromium tests: real storage, vault, owner and engine; the relay is a fake in memory, and the
 * messenger only writes pairs of records under its fencing number and reads them back.
 */
import { openBrowserStorage } from '../../accounts/browser-storage.ts'
import type { MessengerContext, OpenMessenger } from '../../accounts/messenger-context.ts'
import { createFakeRelay, makePerson } from '../../accounts/testing/fake-relay.ts'
import type { ConnectionState } from '../../api.ts'
import { createCryptoEngine } from '../../engine/crypto-engine.ts'
import { createLive } from '../../live/live-value.ts'
import { createPli, type RunningPli } from '../../pli.ts'
import { put } from '../../store/record-store.ts'
import type { StartMessage, ToWorker } from '../messages.ts'
import { servePli } from '../serve.ts'

let start: (pli: Promise<RunningPli>) => void = () => {}
const started = new Promise<RunningPli>((resolve) => {
  start = resolve
})
const serve = servePli(started, self)
self.addEventListener('message', (event: MessageEvent<ToWorker>) => {
  if (event.data.type === 'start') start(startPli(event.data))
  else serve(event.data)
})

async function startPli({ tabId }: StartMessage): Promise<RunningPli> {
  return createPli({
    relay: createFakeRelay([makePerson('an', 'An'), makePerson('bo', 'Bo')]).api,
    storage: await openBrowserStorage(),
    loadEngine: async () => createCryptoEngine(),
    createMessenger: createPairWriter,
    preparePhoto: () => Promise.reject(new Error('no photos here')),
    tabId,
    locksWhenIdle: true,
  })
}

/** `saveDraft` writes a pair under the last number this tab owned by; `draft` says what is there of it. */
function createPairWriter({ localId, owner, store }: MessengerContext): OpenMessenger {
  const connection = createLive<ConnectionState>({ state: 'following', online: true, upToDate: true })
  let fence = 0
  owner.fence.subscribe(() => {
    const owned = owner.fence.get()
    fence = owned ?? fence
    connection.set(
      owned === undefined
        ? { state: 'following', online: true, upToDate: true }
        : { state: 'online', upToDate: true },
    )
  })
  const messenger: Partial<OpenMessenger> = {
    localId,
    connection,
    saveDraft: (conversationId, { text }) => {
      const record = { record: new TextEncoder().encode(text) }
      const pair = [put('drafts', conversationId, { text }), put('sessions', conversationId, record)]
      return store.commit(pair, { fence })
    },
    draft: async (conversationId) => {
      const text = (await store.get('drafts', conversationId))?.text ?? 'nothing'
      const session = await store.get('sessions', conversationId)
      const kept = session === undefined ? 'nothing' : new TextDecoder().decode(session.record)
      return { text: `${text}, ${kept}` }
    },
    close: () => {},
  }
  // The tests use these parts of a messenger only.
  return messenger as OpenMessenger
}
