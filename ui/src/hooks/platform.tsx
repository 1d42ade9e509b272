/**
 * What an app tells the shared screens about where they run: a hand or a desk, addresses, and what only the
 * page itself can do (leave it, ask for notifications).
 */
import type { ConversationId } from '@pli/client'
import { createContext, useContext } from 'react'

/** `install_first`: iOS gives notifications only to an app on the home screen. */
export type PushSupport = 'ready' | 'denied' | 'unsupported' | 'install_first'

export interface PushSubscriptionFields {
  endpoint: string
  keys: { p256dh: string; auth: string }
}

export interface Platform {
  form: 'phone' | 'desk'
  /** Path of this app to which the sign-in comes back, such as `/m/onboarding`. */
  signInReturnPath: string
  /** What this device is called in the list of devices; the person sees it, the relay too. */
  deviceName: string
  /** Leaves the page for the identity provider. */
  leaveTo(url: string): void
  /** The address of a conversation, so that a row is a real link. */
  conversationHref(conversationId: ConversationId): string
  /** The address of the inbox. */
  inboxHref: string
  pushSupport(): PushSupport
  /** Asks the browser; undefined when the person refuses. `vapidPublicKey` is 65 bytes. */
  subscribeToPush(vapidPublicKey: Uint8Array): Promise<PushSubscriptionFields | undefined>
}

export const PlatformContext = createContext<Platform | undefined>(undefined)

export function usePlatform(): Platform {
  const platform = useContext(PlatformContext)
  if (!platform) throw new Error('no platform above this component')
  return platform
}
