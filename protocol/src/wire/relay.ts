/** What a relay says of itself to anybody, push subscriptions, attachments: the small remaining requests. */
import { z } from 'zod'
import { base64UrlBytes } from './bytes.ts'
import { place, professionCode } from './directory.ts'
import { personId } from './ids.ts'
import { publicKey } from './keys.ts'

export const demoPerson = z.object({
  personId,
  /** Name at the sandbox's identity provider. */
  slug: z.string(),
  displayName: z.string(),
  profession: professionCode,
  place,
})

export const relayConfig = z.object({
  version: z.string(),
  serverTimeMs: z.number(),
  /** Public halves of the offline keys that certify the relay's sender certificates. Clients pin them. */
  trustRoots: z.array(publicKey).min(1),
  /** 65 bytes: an uncompressed P-256 point, for `pushManager.subscribe`. */
  vapidPublicKey: base64UrlBytes(65),
  /** Where the exact source of what runs here can be had (AGPL §13). */
  sourceUrl: z.string(),
  /** Where devices ask about therapeutic links themselves; absent: nowhere. */
  links: z.object({ serviceUrl: z.string() }).optional(),
  /** Present only where the directory and the identity provider are the sandbox's. */
  sandbox: z.object({ people: z.array(demoPerson) }).optional(),
})
export type RelayConfig = z.output<typeof relayConfig>

/** A browser's PushSubscription. Pushes carry no content at all. */
export const pushSubscription = z.object({
  endpoint: z.url({ protocol: /^https$/ }).max(1000),
  keys: z.object({ p256dh: base64UrlBytes(65), auth: base64UrlBytes(16) }),
})
export type PushSubscriptionRequest = z.output<typeof pushSubscription>

/**
 * Where things are. Methods, and who may call (s: sign-in session token, d: device token, both as `Bearer`):
 * config GET · oidcStart and oidcCallback GET (browser navigation) · redeemTicket, redeemCode, passwordSignIn POST
 * · account GET (s, d) and DELETE (s after a proof, d) · accountPassword PUT (s after a proof, d)
 * · devices POST (s after a proof) · device DELETE (s, d) · revokeDevice POST (anybody with the revocation token)
 * · keys PUT and GET (d: `keyCounts`) · certificate GET (d)
 * · publicAccount, bundles GET (d) · people, person GET (anybody; d is told `accountId`)
 * · attachments POST, attachment HEAD, PATCH, GET (d; tus 1.0 with a length known at creation, GET with ranges)
 * · guarantees POST (anybody) and GET (d) · ownRequest GET and DELETE (the request's token) · redeemGuarantee POST
 * · guaranteeAccept, guaranteeRefuse, guaranteeRenew, guaranteeRevoke POST (d)
 * · linksToken POST (d) · linksKeys GET (anybody; a JWK set, not an `answer`)
 * · push PUT and DELETE (d) · pushTest POST (d). Requests without an answer of their own get `value: {}`.
 */
export const routes = {
  config: '/v1/config',
  oidcStart: '/v1/sign-in/oidc/start',
  oidcCallback: '/v1/sign-in/oidc/callback',
  redeemTicket: '/v1/sign-in/ticket',
  redeemCode: '/v1/sign-in/code',
  passwordSignIn: '/v1/sign-in/password',
  account: '/v1/account',
  accountPassword: '/v1/account/password',
  devices: '/v1/devices',
  device: (deviceId: number | string) => `/v1/devices/${deviceId}`,
  revokeDevice: '/v1/devices/revoke',
  keys: '/v1/keys',
  certificate: '/v1/certificate',
  publicAccount: (accountId: string) => `/v1/accounts/${accountId}`,
  bundles: (accountId: string) => `/v1/accounts/${accountId}/bundles`,
  people: '/v1/directory/people',
  person: (personId: string) => `/v1/directory/people/${personId}`,
  attachments: '/v1/attachments',
  attachment: (attachmentId: string) => `/v1/attachments/${attachmentId}`,
  guarantees: '/v1/guarantees',
  ownRequest: '/v1/guarantees/own-request',
  guaranteeAccept: (guaranteeId: string) => `/v1/guarantees/${guaranteeId}/accept`,
  guaranteeRefuse: (guaranteeId: string) => `/v1/guarantees/${guaranteeId}/refuse`,
  guaranteeRenew: (guaranteeId: string) => `/v1/guarantees/${guaranteeId}/renew`,
  guaranteeRevoke: (guaranteeId: string) => `/v1/guarantees/${guaranteeId}/revoke`,
  redeemGuarantee: '/v1/sign-in/guarantee',
  linksToken: '/v1/therapeutic-links/token',
  linksKeys: '/v1/therapeutic-links/keys',
  push: '/v1/push',
  pushTest: '/v1/push/test',
  socketPath: '/v1/socket',
} as const
