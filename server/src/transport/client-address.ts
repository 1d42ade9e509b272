/** The network address that limits are kept by: the peer's, or what trusted proxies say of it. */
import type { IncomingMessage } from 'node:http'

/** @param trustedProxies how many proxies in front add to `X-Forwarded-For`; as Express counts them. */
export function createClientAddress(trustedProxies: number): (request: IncomingMessage) => string {
  return (request) => {
    const peer = request.socket.remoteAddress ?? ''
    const forwarded = [request.headers['x-forwarded-for'] ?? []].flat().join(',')
    const claimed = forwarded.split(',').map((address) => address.trim())
    const chain = [...claimed.filter((address) => address !== ''), peer]
    // Only what the trusted ones added counts: whatever stands before it, anybody may have written.
    return chain[Math.max(0, chain.length - 1 - trustedProxies)] ?? peer
  }
}
