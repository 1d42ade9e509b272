/**
 * A browser as the shared screens see it: its name in the list of devices, its notifications, its way to the identity
 * provider. Source: Push API, section 5; User-Agent Client Hints.
 * Not concerned with the service worker's life (`service-worker-client.ts`).
 */
import type { Platform, PushSubscriptionFields, PushSupport } from '../hooks/platform.tsx'
import { routeHref } from './route.ts'

/** `signInReturnPath` is the path this app is served under. */
export function createBrowserPlatform(options: {
  form: Platform['form']
  signInReturnPath: string
}): Platform {
  return {
    ...options,
    deviceName: nameDevice(navigator),
    leaveTo: (url) => location.assign(url),
    conversationHref: (conversationId) => routeHref({ at: 'conversation', conversationId }),
    inboxHref: routeHref({ at: 'inbox' }),
    pushSupport,
    subscribeToPush,
  }
}

interface Hints {
  userAgent: string
  maxTouchPoints?: number
  userAgentData?: { platform?: string }
}

const systems: readonly (readonly [string, RegExp])[] = [
  ['iPhone', /iPhone/],
  ['iPad', /iPad/],
  ['Android', /Android/],
  ['Windows', /Windows/],
  ['ChromeOS', /CrOS/],
  ['Mac', /Macintosh|Mac OS/],
  ['Linux', /Linux/],
]
/** Most browsers also claim to be the ones they descend from: the first that fits is the true one. */
const browsers: readonly (readonly [string, RegExp])[] = [
  ['Edge', /Edg(?:A|iOS)?\//],
  ['Samsung Internet', /SamsungBrowser\//],
  ['Opera', /OPR\//],
  ['Firefox', /Firefox\/|FxiOS\//],
  ['Chrome', /Chrom(?:e|ium)\/|CriOS\//],
  ['Safari', /Safari\//],
]

/** `Android, Chrome`: enough to tell two devices apart, and no more. */
export function nameDevice(hints: Hints): string {
  const { userAgent } = hints
  // An iPad says it is a Mac; no Mac has a touch screen.
  const isIpad = userAgent.includes('Macintosh') && (hints.maxTouchPoints ?? 0) > 1
  const system = isIpad ? 'iPad' : systems.find(([, pattern]) => pattern.test(userAgent))?.[0]
  const browser = browsers.find(([, pattern]) => pattern.test(userAgent))?.[0]
  const known = [system ?? hints.userAgentData?.platform, browser].filter(Boolean)
  return known.length > 0 ? known.join(', ') : 'Pli'
}

function pushSupport(): PushSupport {
  const canPush = 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window
  if (!canPush) return isAppleTouch() && !isInstalled() ? 'install_first' : 'unsupported'
  return Notification.permission === 'denied' ? 'denied' : 'ready'
}

function isAppleTouch(): boolean {
  return /^(iPhone|iPad)/.test(nameDevice(navigator))
}

export function isInstalled(): boolean {
  return matchMedia('(display-mode: standalone)').matches
}

async function subscribeToPush(vapidPublicKey: Uint8Array): Promise<PushSubscriptionFields | undefined> {
  if ((await Notification.requestPermission()) !== 'granted') return
  const registration = await navigator.serviceWorker.getRegistration()
  if (registration === undefined) throw new Error('no service worker')
  // A subscription made for another relay's key refuses this one.
  await (await registration.pushManager.getSubscription())?.unsubscribe()
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: new Uint8Array(vapidPublicKey),
  })
  const { endpoint, keys } = subscription.toJSON()
  if (endpoint === undefined || keys?.p256dh === undefined || keys.auth === undefined) return
  return { endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth } }
}
