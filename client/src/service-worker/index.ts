/**
 * The service worker of both apps: keeps the shell so that the app opens without a network, and shows that something
 * waits when a push comes. It never decrypts, never stores a key, and never caches an answer of the relay.
 */
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'
import { noticeFor } from './notice.ts'

declare const self: ServiceWorkerGlobalScope

const NOTICE_TAG = 'pli-waiting'
/** What the shell must not answer for: the relay, the sandbox's sign-in, and the other app. */
const NOT_THE_SHELL = [/^\/v1\//, /^\/sandbox\//]

export interface ShellOptions {
  /** The built files, as the build lists them. */
  files: (string | { url: string; revision: string | null })[]
  /** Paths that belong to another app of this origin. */
  otherApps?: RegExp[]
}

export function startServiceWorker({ files, otherApps = [] }: ShellOptions): void {
  precacheAndRoute(files)
  cleanupOutdatedCaches()
  registerRoute(
    new NavigationRoute(createHandlerBoundToURL('index.html'), {
      denylist: [...NOT_THE_SHELL, ...otherApps],
    }),
  )
  self.addEventListener('push', (event) => event.waitUntil(showNotice()))
  self.addEventListener('notificationclick', (event) => {
    event.notification.close()
    event.waitUntil(openApp())
  })
  // A new version waits until the app says so: the person may be in the middle of a sentence.
  self.addEventListener('message', (event) => {
    if (event.data === 'use-new-version') void self.skipWaiting()
  })
}

/** Always shows something: a browser takes the subscription away from an app whose pushes show nothing. */
async function showNotice(): Promise<void> {
  const { title, body } = noticeFor(self.navigator.languages ?? [self.navigator.language])
  for (const client of await openApps()) client.postMessage('something-waits')
  const scope = self.registration.scope
  await self.registration.showNotification(title, {
    body,
    tag: NOTICE_TAG,
    icon: new URL('icons/icon-192.png', scope).href,
    badge: new URL('icons/badge-96.png', scope).href,
  })
}

async function openApp(): Promise<void> {
  const [open] = await openApps()
  if (open !== undefined) await open.focus()
  else await self.clients.openWindow(self.registration.scope)
}

async function openApps(): Promise<readonly WindowClient[]> {
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  return windows.filter((client) => client.url.startsWith(self.registration.scope))
}
