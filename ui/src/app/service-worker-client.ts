/**
 * The page's side of the service worker: registers it, knows when a new version waits, and hears that something came.
 * A new version never takes over by itself: the person may be in the middle of a sentence.
 */
import type { Live } from '@pli/client'

export type AppVersion =
  | 'current'
  /** Downloaded; takes over when the person says so. */
  | 'waiting'
  /** Another tab let it take over: what this tab has not fetched yet may be gone. */
  | 'replaced'

export interface ServiceWorkerClient {
  version: Live<AppVersion>
  /** Whether a push came since this page was opened or last looked at. */
  somethingWaits: Live<boolean>
  seen(): void
  useNewVersion(): void
}

const LOOK_AGAIN_MS = 60 * 60_000

interface Kept<T> extends Live<T> {
  set(value: T): void
}

function keep<T>(first: T): Kept<T> {
  let value = first
  const listeners = new Set<() => void>()
  return {
    get: () => value,
    subscribe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    set(next) {
      if (next === value) return
      value = next
      for (const listener of listeners) listener()
    },
  }
}

/** `url` undefined: none is registered (development), and nothing ever changes. */
export function startServiceWorkerClient(url: string | undefined): ServiceWorkerClient {
  const version = keep<AppVersion>('current')
  const somethingWaits = keep(false)
  let registration: ServiceWorkerRegistration | undefined
  let asked = false
  if (url !== undefined && 'serviceWorker' in navigator) {
    const { serviceWorker } = navigator
    let controlled = serviceWorker.controller !== null
    serviceWorker.addEventListener('controllerchange', () => {
      if (asked) location.reload()
      else if (controlled) version.set('replaced')
      controlled = true
    })
    serviceWorker.addEventListener('message', ({ data }) => {
      if (data === 'something-waits') somethingWaits.set(true)
    })
    // Without a service worker (private mode, blocked storage) the app still works while there is a network.
    register(url, version).then(
      (registered) => {
        registration = registered
      },
      () => undefined,
    )
  }
  return {
    version,
    somethingWaits,
    seen: () => somethingWaits.set(false),
    useNewVersion: () => {
      asked = true
      const waiting = registration?.waiting
      if (!waiting) return location.reload()
      // A page that was opened before the first service worker has none that could change.
      waiting.addEventListener('statechange', () => {
        if (waiting.state === 'activated') location.reload()
      })
      waiting.postMessage('use-new-version')
    },
  }
}

async function register(url: string, version: Kept<AppVersion>): Promise<ServiceWorkerRegistration> {
  const registration = await navigator.serviceWorker.register(url)
  const look = () => {
    // The very first one waits for a moment too, and replaces nobody.
    if (registration.waiting && registration.active) version.set('waiting')
  }
  look()
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', look)
  })
  // An app that stays open for days asks by itself.
  setInterval(() => void registration.update().catch(() => undefined), LOOK_AGAIN_MS)
  return registration
}
