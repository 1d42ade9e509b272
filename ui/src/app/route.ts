/**
 * The places in the app and their addresses. Addresses live in the fragment, which never leaves the browser
 * (docs/decisions/0005). Not concerned with the browser's history (`navigation.ts`).
 */
import type { ConversationId } from '@pli/client'

export type Route =
  | { at: 'inbox' }
  | { at: 'conversation'; conversationId: ConversationId }
  /** The other person of a conversation. */
  | { at: 'person'; conversationId: ConversationId }
  | { at: 'new' }
  | { at: 'people' }
  | { at: 'me' }

const ACCOUNT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const plainRoutes = { '': 'inbox', new: 'new', people: 'people', me: 'me' } as const

/** An address that means nothing to this version is the inbox. */
export function parseRoute(hash: string): Route {
  const [first = '', id = '', part] = hash.replace(/^#?\/?/, '').split('/')
  if (first === 'c' && ACCOUNT_ID.test(id)) {
    const conversationId = id as ConversationId
    return { at: part === 'person' ? 'person' : 'conversation', conversationId }
  }
  const at = Object.hasOwn(plainRoutes, first) ? plainRoutes[first as keyof typeof plainRoutes] : 'inbox'
  return { at }
}

export function routeHref(route: Route): string {
  switch (route.at) {
    case 'inbox':
      return '#/'
    case 'conversation':
      return `#/c/${route.conversationId}`
    case 'person':
      return `#/c/${route.conversationId}/person`
    default:
      return `#/${route.at}`
  }
}
