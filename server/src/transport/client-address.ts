/** The network address that limits are kept by: the peer's, or what trusted proxies say of it. */
import type { IncomingMessage } from 'node:http'
import { isIPv6 } from 'node:net'

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

/** What limits by address are kept by. Whoever has one IPv6 address has the whole /64. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address
  if (address.toLowerCase().startsWith('::ffff:')) return address.slice('::ffff:'.length)
  const [before = '', after] = address.split('%')[0]?.split('::') ?? []
  const groups = (text: string) => (text === '' ? [] : text.split(':'))
  const [first, last] = [groups(before), groups(after ?? '')]
  const zeros = Array<string>(Math.max(0, 8 - first.length - last.length)).fill('0')
  const all = after === undefined ? first : [...first, ...zeros, ...last]
  return all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}
