/**
 * Purpose: one push without content to one endpoint. Source: RFC 8030 (Web Push), RFC 8292 (VAPID).
 * The answer's body is never read and no redirect is followed. Not concerned with when to push.
 */
import { Agent, request } from 'node:https'
import webPush from 'web-push'
import type { StoredPushSubscription } from '../../storage/interfaces.ts'
import type { EndpointPolicy } from './endpoint-policy.ts'

export interface VapidKeys {
  /** Base64url of 65 bytes. */
  publicKey: string
  /** Base64url of 32 bytes. */
  privateKey: string
}

/** `gone`: the push service says that this subscription is no more. */
export type PushResult = 'sent' | 'gone' | 'failed'

export interface PushSender {
  send(subscription: StoredPushSubscription): Promise<PushResult>
  close(): void
}

interface Settings {
  policy: EndpointPolicy
  vapidKeys: VapidKeys
  vapidSubject: string
  certificateAuthorityPem: string | undefined
}

const TIME_ALLOWED_MS = 10_000
/** How long a push service keeps trying for a phone that is off. */
const TTL_SECONDS = 24 * 3600

export function createPushSender({
  policy,
  vapidKeys,
  vapidSubject,
  certificateAuthorityPem,
}: Settings): PushSender {
  const agent = new Agent({
    lookup: policy.lookup,
    maxSockets: 50,
    keepAlive: true,
    ...(certificateAuthorityPem === undefined ? {} : { ca: certificateAuthorityPem }),
  })
  const vapidDetails = { subject: vapidSubject, ...vapidKeys }
  return {
    close: () => agent.destroy(),
    async send({ endpoint, p256dh, auth }) {
      try {
        const url = policy.checkUrl(endpoint)
        const keys = { p256dh: toText(p256dh), auth: toText(auth) }
        const { method, headers } = webPush.generateRequestDetails({ endpoint, keys }, undefined, {
          vapidDetails,
          TTL: TTL_SECONDS,
          urgency: 'high',
          // A phone that was off hears once that something waits, however many were sent.
          topic: 'waiting',
        })
        return await post(url, method, headers as Record<string, string>, agent)
      } catch {
        return 'failed'
      }
    },
  }
}

function post(url: URL, method: string, headers: Record<string, string>, agent: Agent): Promise<PushResult> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(TIME_ALLOWED_MS)
    const pushing = request(url, { method, headers, agent, signal }, (response) => {
      const status = response.statusCode ?? 0
      // Whatever it says, it is not for us, and it may be without end.
      response.destroy()
      if (status === 404 || status === 410) resolve('gone')
      else resolve(status >= 200 && status < 300 ? 'sent' : 'failed')
    })
    pushing.on('error', reject)
    pushing.end()
  })
}

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url')
}
